"""Where this machine takes its Debian packages from, and the same mirror's backports.

Reads both formats of APT's configuration (one-line and deb822) and writes deb822.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_ONE_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)")


@dataclass(frozen=True)
class Source:
    """One archive: its address, suites, components and the key that signs it."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""


def configured(etc: Path = Path("/etc/apt")) -> list[Source]:
    """Every enabled binary archive of this machine."""
    found: list[Source] = []
    for path in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        if path.suffix == ".list" and path.is_file():
            found += parse_one_line(path.read_text())
        elif path.suffix == ".sources" and path.is_file():
            found += parse_deb822(path.read_text())
    return found


def parse_one_line(text: str) -> list[Source]:
    """The `deb URI SUITE COMPONENT...` lines of a `.list` file."""
    found = []
    for line in text.splitlines():
        entry = _ONE_LINE.fullmatch(line.partition("#")[0].strip())
        if entry:
            options = dict(word.split("=", 1) for word in (entry["options"] or "").split() if "=" in word)
            found.append(
                Source(
                    entry["uri"],
                    (entry["suite"],),
                    tuple(entry["components"].split()),
                    options.get("signed-by", ""),
                )
            )
    return found


def parse_deb822(text: str) -> list[Source]:
    """The enabled `Types: deb` stanzas of a `.sources` file."""
    found = []
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", kept):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1].isspace():
                fields[name] = fields.get(name, "") + "\n" + line
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in (
            "no",
            "false",
        ):
            continue
        found += [
            Source(
                uri,
                tuple(fields["suites"].split()),
                tuple(fields.get("components", "").split()),
                fields.get("signed-by", ""),
            )
            for uri in fields["uris"].split()
        ]
    return found


def main_archive(sources: list[Source], release: str) -> Source | None:
    """The archive that carries `release` itself (not its security or updates suites)."""
    for source in sources:
        if release in source.suites and "main" in source.components:
            return source
    return None


def offers(sources: list[Source], suite: str) -> bool:
    """Whether one of the archives carries `suite`."""
    return any(suite in source.suites for source in sources)


def stanza(source: Source, suite: str) -> str:
    """A deb822 stanza for `suite` of the archive that `source` comes from."""
    lines = [
        "# Written by Souk's installer for Incus; `make purge` removes it.",
        "Types: deb",
        f"URIs: {source.uri}",
        f"Suites: {suite}",
        "Components: main",
    ]
    if source.signed_by:
        lines.append(f"Signed-By: {source.signed_by}")
    return "\n".join(lines) + "\n"
