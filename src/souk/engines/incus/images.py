"""Images of the project on Incus."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

from souk.engines.contract import UNPACKED, AlreadyExists, Image, NotFound
from souk.engines.incus.transport import Transport
from souk.engines.incus.wire import Alias, ImageRow

_IMAGES = "/1.0/images"
_FINGERPRINT = re.compile(r"[0-9a-f]{12,64}")
_CHUNK = 1024 * 1024
_IMPORT_WITHIN = 600.0
_UNKNOWN_SIZE = 1024**3
_MOST_COMPRESSED = 8


def source(image: str) -> dict[str, str]:
    """Where a new machine's root comes from: an image by fingerprint or alias."""
    by = "fingerprint" if _FINGERPRINT.fullmatch(image) else "alias"
    return {"type": "image", by: image}


def listing(transport: Transport) -> Sequence[Image]:
    """Every image of the project."""
    rows = transport.get(_IMAGES, list[ImageRow], recursion="1")
    return [
        Image(
            fingerprint=row.fingerprint,
            aliases=tuple(alias.name for alias in row.aliases or ()),
            size=row.size,
            properties=row.properties or {},
        )
        for row in rows
    ]


def import_(transport: Transport, path: str, alias: str, properties: Mapping[str, str]) -> None:
    """Import a unified tarball; the alias then points at it, and an image left without alias is deleted."""
    fingerprint = _fingerprint(Path(path))
    headers = {"X-Incus-properties": urlencode(properties), "X-Incus-filename": Path(path).name}
    try:
        transport.change("PATCH", f"{_IMAGES}/{fingerprint}", body={"properties": dict(properties)})
    except NotFound:
        with contextlib.suppress(AlreadyExists):
            transport.change("POST", _IMAGES, headers=headers, content=_chunks(Path(path)), timeout=_IMPORT_WITHIN)
    before = _target(transport, alias)
    _point(transport, alias, fingerprint, exists=before is not None)
    if before is not None and before != fingerprint:
        _delete_if_nameless(transport, before)


def unpacked_size(transport: Transport, fingerprint: str) -> int:
    """Bytes of an image's files: as its property says, else more than they can be."""
    try:
        image = transport.get(f"{_IMAGES}/{fingerprint}", ImageRow) if fingerprint else None
    except NotFound:
        image = None
    if image is None:
        return _UNKNOWN_SIZE
    told = (image.properties or {}).get(UNPACKED, "")
    return int(told) if told.isdecimal() else image.size * _MOST_COMPRESSED


def delete(transport: Transport, alias: str) -> None:
    """Delete the image behind an alias, with all its aliases."""
    if (fingerprint := _target(transport, alias)) is not None:
        try:
            transport.change("DELETE", f"{_IMAGES}/{fingerprint}")
        except NotFound:
            return


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _alias_path(alias: str) -> str:
    return f"{_IMAGES}/aliases/{quote(alias, safe='')}"


def _target(transport: Transport, alias: str) -> str | None:
    try:
        return transport.get(_alias_path(alias), Alias).target
    except NotFound:
        return None


def _point(transport: Transport, alias: str, fingerprint: str, *, exists: bool) -> None:
    if exists:
        transport.change("PUT", _alias_path(alias), body={"description": "", "target": fingerprint})
    else:
        body = {"name": alias, "description": "", "target": fingerprint}
        transport.change("POST", f"{_IMAGES}/aliases", body=body)


def _delete_if_nameless(transport: Transport, fingerprint: str) -> None:
    try:
        if not transport.get(f"{_IMAGES}/{fingerprint}", ImageRow).aliases:
            transport.change("DELETE", f"{_IMAGES}/{fingerprint}")
    except NotFound:
        return
