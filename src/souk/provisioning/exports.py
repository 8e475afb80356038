"""Downloading an export: what lies encrypted in the storage is decrypted on the way to who asked."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from uuid import UUID

import msgspec
import structlog
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from souk.kernel.scope import Scope
from souk.provisioning import errors, objects
from souk.provisioning.boxes import received
from souk.provisioning.commands import ask_ticket, take_ticket
from souk.provisioning.queries import ExportRow, export

log = structlog.get_logger("souk.exports")
HEADER, _MAGIC = 16, b"Salted__"
"""What OpenSSL begins a file with: eight letters and eight bytes of salt (its manual, openssl-enc)."""

_BLOCK, _ROUNDS, _KEY = 16, 10_000, 32

AT_ONCE = 4
"""Downloads of one process of the web at a time: each keeps a thread as long as its reader is slow."""

_places = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Opening:
    """What the worker tells: how the file is read, and what decrypts it."""

    ticket: objects.Ticket
    passphrase: str = field(repr=False)


@dataclass(frozen=True)
class Download:
    """A file from `start` on, to be closed after it was read. The last chunk comes only if the whole is what was
    written, as far as this saw it.
    """

    row: ExportRow
    name: str
    start: int
    chunks: Chunks


class Chunks(Iterator[bytes]):
    """What is read of a file, and the place among the downloads that it takes until it is closed."""

    def __init__(self, chunks: Generator[bytes]) -> None:
        self._chunks = chunks
        self._open = True

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """Stop reading, and give the place up."""
        if self._open:
            self._open = False
            self._chunks.close()
            _places.release()


def download(scope: Scope, instance: UUID, identifier: UUID, start: int = 0) -> Download:
    """Open an export for reading from a byte on; audited. The first bytes are there when this returns.

    Raises:
        NotFound, RoleTooLow, ExportGone, ExportNotReady, TooManyDownloads, RevealTimedOut, StorageSilent.
    """
    if not _places.acquire(blocking=False):
        raise errors.TooManyDownloads
    try:
        return _opened(scope, instance, identifier, start)
    except BaseException:
        _places.release()
        raise


def _opened(scope: Scope, instance: UUID, identifier: UUID, start: int) -> Download:
    row = export(scope, instance, identifier)
    answer = received(lambda box: ask_ticket(scope, instance, identifier, box), lambda asked: take_ticket(scope, asked))
    opening = msgspec.json.decode(answer, type=Opening)
    chunks = _checked(row, _plain(opening, start), start)
    try:
        first = next(chunks, b"")
    except objects.Unreadable as error:
        log.warning("export not read", export=str(identifier), error=str(error))
        raise errors.StorageSilent from error
    return Download(row, row.name, start, Chunks(_rest(first, chunks)))


def _rest(first: bytes, chunks: Iterator[bytes]) -> Generator[bytes]:
    yield first
    yield from chunks


def _plain(opening: Opening, start: int) -> Iterator[bytes]:
    """The decrypted bytes from `start` on."""
    if start == 0:
        with objects.read(opening.ticket) as chunks:
            header = b""
            while len(header) < HEADER and (chunk := next(chunks, b"")):
                header += chunk
            decryptor = _decryptor(opening.passphrase, header[:HEADER], 0)
            yield decryptor.update(header[HEADER:])
            yield from map(decryptor.update, chunks)
        return
    with objects.read(opening.ticket) as chunks:
        header = next(chunks, b"")[:HEADER]
    block = start // _BLOCK
    decryptor = _decryptor(opening.passphrase, header, block)
    skip = start % _BLOCK
    with objects.read(opening.ticket, HEADER + block * _BLOCK) as chunks:
        for chunk in chunks:
            decrypted = decryptor.update(chunk)
            yield decrypted[skip:]
            skip = max(0, skip - len(decrypted))


def _decryptor(passphrase: str, header: bytes, block: int):  # type: ignore[no-untyped-def]
    """AES-256 in counter mode from a block on, as `openssl enc -aes-256-ctr -pbkdf2` wrote it."""
    if len(header) < HEADER or not header.startswith(_MAGIC):
        raise objects.Unreadable("the file is not what was written")
    derived = PBKDF2HMAC(hashes.SHA256(), _KEY + _BLOCK, header[len(_MAGIC) :], _ROUNDS).derive(passphrase.encode())
    counter = (int.from_bytes(derived[_KEY:], "big") + block) % (1 << 128)
    mode = modes.CTR(counter.to_bytes(_BLOCK, "big"))
    return Cipher(algorithms.AES(derived[:_KEY]), mode).decryptor()


def _checked(row: ExportRow, chunks: Iterator[bytes], start: int) -> Iterator[bytes]:
    """The same chunks, the last one held back until size and, if all were seen, checksum are right."""
    seen, digest = start, hashlib.sha256()
    held = b""
    for chunk in chunks:
        if held:
            yield held
        held = chunk
        seen += len(chunk)
        digest.update(chunk)
    if seen != row.size or (start == 0 and digest.hexdigest() != row.sha256):
        log.error("export damaged", export=str(row.id), seen=seen, size=row.size)
        raise objects.Unreadable("the file is not what was written")
    yield held
