"""The Debian mirror this host itself installs from, and the releases it holds."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_APT_HELPER = "/usr/lib/apt/apt-helper"
_INDEX_FORMAT = "$(LABEL)|$(RELEASE)|$(REPO_URI)|$(COMPONENT)"


class MirrorUnreachable(Exception):
    """The Debian mirror does not answer, or apt knows none: nothing can be downloaded now."""


@dataclass(frozen=True)
class Mirror:
    """Where Debian comes from: the archive, and the security archive where the host uses one."""

    archive: str
    security: str | None

    def sources(self, *suites: str) -> list[tuple[str, str]]:
        """The (URI, suite) pairs an image of these suites is made from."""
        pairs = []
        for suite in suites:
            pairs += [(self.archive, suite), (self.archive, f"{suite}-updates")]
            if self.security:
                pairs.append((self.security, f"{suite}-security"))
        return pairs


def find() -> Mirror:
    """Ask apt which archives this host uses.

    Raises:
        MirrorUnreachable: no Debian archive is configured, or its lists were never downloaded.
    """
    command = ["apt-get", "indextargets", "--format", _INDEX_FORMAT, "Created-By: Packages"]
    try:
        listed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise MirrorUnreachable(f"apt does not say where Debian comes from: {error}") from error
    return parse(listed.splitlines())


def parse(lines: Sequence[str]) -> Mirror:
    """Pick the archives out of apt's index targets, one `label|release|URI|component` a line."""
    archive = security = None
    for line in lines:
        label, release, uri, component = line.split("|", 3)
        if component != "main":
            continue
        if label == "Debian" and "-" not in release:
            archive = archive or uri.rstrip("/")
        elif label == "Debian-Security":
            security = security or uri.rstrip("/")
    if archive is None:
        raise MirrorUnreachable("apt has no list of a Debian archive; run: apt-get update")
    return Mirror(archive, security)


def release_digest(mirror: Mirror, *suites: str) -> str:
    """SHA-256, hexadecimal, of the signed release files of every source: it changes when any package does.

    Raises:
        MirrorUnreachable: a release file can't be downloaded.
    """
    seen = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix="souk-release-") as folder:
        for number, (uri, name) in enumerate(mirror.sources(*suites)):
            target = Path(folder) / str(number)
            _download(f"{uri}/dists/{name}/InRelease", target)
            seen.update(target.read_bytes())
    return seen.hexdigest()


def _download(uri: str, target: Path) -> None:
    """Download through apt, which knows the host's proxies and credentials."""
    command = [_APT_HELPER, "download-file", uri, str(target)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise MirrorUnreachable(f"{uri} can't be downloaded") from error
