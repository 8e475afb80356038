"""Vendored assets: fetched from npm at pinned versions, kept in the tree, checked against `vendor.sha256`.

    python -m souk.ui.vendor check     every vendored file is present, unchanged, and nothing else is there
    python -m souk.ui.vendor refresh   fetch the versions in vendor.json again with `npm pack`

Only `refresh` needs npm. Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "static" / "ui" / "vendor"
MANIFEST = HERE / "vendor.sha256"
PINS = HERE / "vendor.json"
SPRITE = "icons/icons.svg"

_SOURCE_MAP = re.compile(rb"\s*(/\*|//)# sourceMappingURL=[^\n]*\s*$")
_SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>")


def main(arguments: list[str]) -> int:
    """Run `check` or `refresh`; the exit code is 0 when the folder is as it should be."""
    match arguments:
        case ["check"]:
            wrong = check()
            for line in wrong:
                sys.stderr.write(line + "\n")
            return 1 if wrong else 0
        case ["refresh"]:
            refresh()
            return 0
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2


def check() -> list[str]:
    """What is wrong with the vendored files, one sentence each; empty when nothing is."""
    pairs = (line.split("  ", 1) for line in MANIFEST.read_text().splitlines())
    expected = {name: digest for digest, name in pairs}
    found = digests()
    return [
        *(f"missing: {name}" for name in sorted(expected.keys() - found.keys())),
        *(f"not in {MANIFEST.name}: {name}" for name in sorted(found.keys() - expected.keys())),
        *(f"changed: {name}" for name in sorted(expected) if found.get(name, expected[name]) != expected[name]),
    ]


def digests() -> dict[str, str]:
    """SHA-256 of every vendored file, by its path below the vendor folder."""
    files = (path for path in sorted(FOLDER.rglob("*")) if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def refresh() -> None:
    """Fetch every pinned package, write the files that are needed, build the sprite, rewrite the manifest."""
    pins = json.loads(PINS.read_text())
    with tempfile.TemporaryDirectory() as scratch:
        for package in pins["packages"]:
            archive = _pack(f"{package['name']}@{package['version']}", Path(scratch))
            _extract(archive, package["files"])
            if package["name"] == "@tabler/icons":
                _write(SPRITE, _sprite(archive, pins["icons"]))
    MANIFEST.write_text("".join(f"{digest}  {name}\n" for name, digest in digests().items()))


def _pack(spec: str, folder: Path) -> Path:
    """Download one package's archive; npm itself verifies the registry's integrity hash."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), spec]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return folder / output.split()[-1]


def _extract(archive: Path, files: Mapping[str, str]) -> None:
    for source, target in files.items():
        _write(target, _SOURCE_MAP.sub(b"\n", _read(archive, source)))


def _sprite(archive: Path, names: list[str]) -> bytes:
    """One SVG file with a symbol per icon, in the pinned order, drawn in the text's colour."""
    symbols = []
    for name in names:
        drawing = _read(archive, f"icons/outline/{name}.svg").decode()
        shapes = [shape for shape in _SHAPE.findall(drawing) if "M0 0h24v24H0z" not in shape]
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            f'stroke-linecap="round" stroke-linejoin="round">{"".join(shapes)}</symbol>'
        )
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def _read(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"package/{name}")
        if member is None:
            raise FileNotFoundError(f"{archive.name}: {name}")
        return member.read()


def _write(target: str, content: bytes) -> None:
    path = FOLDER / target
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
