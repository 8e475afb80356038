"""What is in an image: its packages as Debian's own books have them, told as a bill of materials.

The bill is CycloneDX 1.6 (ECMA-424), JSON; packages are named by package URL (purl), of the type `deb`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from souk.engines.images.recipe import Recipe

_BLOCK = 1024**2


@dataclass(frozen=True, order=True)
class Package:
    """An installed Debian package, and the source package it was built from."""

    name: str
    version: str
    architecture: str
    source: str


@dataclass(frozen=True, order=True)
class Change:
    """A package that is another one than before; a version is empty where there was, or is, none."""

    name: str
    before: str
    after: str


STATUS = "var/lib/dpkg/status"
"""Where dpkg keeps its books."""


def packages(status: str) -> list[Package]:
    """The packages that dpkg's books say are installed, by name."""
    found = []
    for entry in status.split("\n\n"):
        told = dict(line.split(": ", 1) for line in entry.splitlines() if ": " in line and not line.startswith(" "))
        if told.get("Status", "").endswith(" installed"):
            source = told.get("Source", told["Package"]).partition(" ")[0]
            found.append(Package(told["Package"], told["Version"], told["Architecture"], source))
    return sorted(found)


def changes(before: Iterable[Package], after: Iterable[Package]) -> list[Change]:
    """What a newer image has otherwise than an older one, by name."""
    old, new = ({each.name: each.version for each in some} for some in (before, after))
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return [Change(name, old.get(name, ""), new.get(name, "")) for name in names]


def bill(recipe: Recipe, digest: str, found: Sequence[Package], made_at: datetime) -> dict[str, Any]:
    """The bill of materials of an image: its packages, and the files that come from no package, with their SHA-256."""
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{recipe.alias}#{digest}')}",
        "version": 1,
        "metadata": {
            "timestamp": made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "container",
                "bom-ref": recipe.alias,
                "name": recipe.alias,
                "version": digest,
                "description": recipe.description,
            },
        },
        "components": [*(_component(each, recipe.suite) for each in found), *_files(recipe)],
    }


def told(materials: Mapping[str, Any]) -> list[Package]:
    """The packages that a bill tells of."""
    return sorted(
        Package(each["name"], each["version"], *(each["properties"][number]["value"] for number in (0, 1)))
        for each in materials["components"]
        if each["type"] == "library"
    )


def _component(package: Package, suite: str) -> dict[str, Any]:
    name, version = quote(package.name), quote(package.version, safe="")
    purl = f"pkg:deb/debian/{name}@{version}?arch={package.architecture}&distro={suite}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "properties": [
            {"name": "debian:architecture", "value": package.architecture},
            {"name": "debian:source", "value": package.source},
        ],
    }


def _files(recipe: Recipe) -> list[dict[str, Any]]:
    return [
        {
            "type": "file",
            "bom-ref": f"file:/{path}",
            "name": f"/{path}",
            "hashes": [{"alg": "SHA-256", "content": _sha256(source)}],
        }
        for path, source in recipe.files()
    ]


def _sha256(path: Path) -> str:
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            seen.update(block)
    return seen.hexdigest()
