"""Reads a snapshot of the server (RDB, versions 9 to 11, and Valkey's 80) and sums up what is in it, so that equal data
has equal sums, however it is laid out in the server's memory and in whatever order.

The format is that of Valkey's src/rdb.h, listpack.c and intset.c.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO

from machine import Failure

BUFFER = 4 * 1024**2
EXPIRES_MS, EXPIRES_S, SELECTS, RESIZES, AUX, FUNCTION, IDLE, FREQUENCY, SLOT, END = (
    *(0xFC, 0xFD, 0xFE, 0xFB, 0xFA, 0xF5, 0xF8, 0xF9, 0xF4, 0xFF),
)
_WIDE = 1 << 128
Elements = Callable[[], list[bytes]]


def sums(path: str, share: float, seed: int, lasting: int) -> dict[str, str]:
    """By database, how many keys there are and a sum over those that last until then (milliseconds since 1970), of so
    many per cent of them, others for each seed.
    """
    counted: dict[str, int] = {}
    summed: dict[str, int] = {}
    with open(path, "rb", buffering=BUFFER) as file:
        for table, key, expires, value in _entries(file):
            if expires is not None and expires < lasting:
                continue
            counted[table] = counted.get(table, 0) + 1
            if share < 100 and _drawn(key, seed) >= share:
                continue
            whole = hashlib.blake2b(_framed(key, str(expires).encode(), *value()), digest_size=16).digest()
            summed[table] = (summed.get(table, 0) + int.from_bytes(whole, "big")) % _WIDE
    return {table: f"{count} {summed.get(table, 0):032x}" for table, count in counted.items()}


def _drawn(key: bytes, seed: int) -> float:
    """Between 0 and 100."""
    found = hashlib.blake2b(key, digest_size=4, salt=seed.to_bytes(16, "big", signed=True)).digest()
    return int.from_bytes(found, "big") * 100 / (1 << 32)


def _framed(*parts: bytes) -> bytes:
    return b"".join(struct.pack("<Q", len(part)) + part for part in parts)


def _entries(file: BinaryIO) -> Iterator[tuple[str, bytes, int | None, Elements]]:
    magic = file.read(9)
    if magic[:5] != b"REDIS" and magic[:6] != b"VALKEY":
        raise Failure("this is no snapshot")
    table, expires = "0", None
    while (kind := _exactly(file, 1)[0]) != END:
        if kind == SELECTS:
            table = str(_length(file))
        elif kind == EXPIRES_MS:
            (expires,) = struct.unpack("<q", _exactly(file, 8))
        elif kind == EXPIRES_S:
            expires = struct.unpack("<i", _exactly(file, 4))[0] * 1000
        elif kind == RESIZES:
            _length(file), _length(file)
        elif kind == SLOT:
            _length(file), _length(file), _length(file)
        elif kind == AUX:
            _string(file), _string(file)
        elif kind == IDLE:
            _length(file)
        elif kind == FREQUENCY:
            _exactly(file, 1)
        elif kind == FUNCTION:
            code = _string(file)
            yield "functions", hashlib.sha256(code).digest(), None, _said(code)
        else:
            key = _string(file)
            yield table, key, expires, _value(file, kind)
            expires = None


def _said(*parts: bytes) -> Elements:
    return lambda: [*parts]


def _value(file: BinaryIO, kind: int) -> Elements:
    """Read past a value; what it holds can be asked for after that."""
    if kind == 0:
        return _said(b"string", _string(file))
    if kind in (2, 4, 5):
        count = _length(file)
        if kind == 2:
            members = [_string(file) for _ in range(count)]
            return lambda: [b"set", *sorted(members)]
        if kind == 4:
            pairs = [_framed(_string(file), _string(file)) for _ in range(count)]
            return lambda: [b"hash", *sorted(pairs)]
        scored = [_framed(_string(file), _exactly(file, 8)) for _ in range(count)]
        return lambda: [b"zset", *sorted(scored)]
    if kind == 11:
        packed = _string(file)
        return lambda: [b"set", *sorted(_intset(packed))]
    if kind in (16, 17, 20):
        packed = _string(file)
        return lambda: _packed(kind, list(_listpack(packed)))
    if kind == 18:
        nodes = [(_length(file), _string(file)) for _ in range(_length(file))]
        return lambda: [b"list", *(each for how, node in nodes for each in ([node] if how == 1 else _listpack(node)))]
    if kind in (19, 21):
        return _said(b"stream", *_stream(file, kind))
    raise Failure(f"a snapshot holds a kind of value that is not known here: {kind}")


def _packed(kind: int, elements: list[bytes]) -> list[bytes]:
    if kind == 20:
        return [b"set", *sorted(elements)]
    pairs = zip(elements[::2], elements[1::2], strict=True)
    if kind == 16:
        return [b"hash", *sorted(_framed(*pair) for pair in pairs)]
    return [b"zset", *sorted(_framed(member, struct.pack("<d", float(score))) for member, score in pairs)]


def _stream(file: BinaryIO, kind: int) -> list[bytes]:
    """Entries as they are packed, which stays so; who has read how far. When a consumer was last seen is no data."""
    parts = [_string(file) for _ in range(2 * _length(file))]
    parts += [b"%d" % _length(file) for _ in range(8)]
    for _ in range(_length(file)):
        parts += [_string(file), b"%d %d %d" % (_length(file), _length(file), _length(file))]
        for _ in range(_length(file)):
            parts += [_exactly(file, 24), b"%d" % _length(file)]
        for _ in range(_length(file)):
            parts.append(_string(file))
            _exactly(file, 8 if kind == 19 else 16)
            parts += [_exactly(file, 16) for _ in range(_length(file))]
    return parts


def _length(file: BinaryIO) -> int:
    found = _length_or_coded(file)
    if found[1]:
        raise Failure("a snapshot has something coded where a length should be")
    return found[0]


def _length_or_coded(file: BinaryIO) -> tuple[int, bool]:
    first = _exactly(file, 1)[0]
    how = first >> 6
    if how == 0:
        return first & 0x3F, False
    if how == 1:
        return (first & 0x3F) << 8 | _exactly(file, 1)[0], False
    if how == 3:
        return first & 0x3F, True
    return int.from_bytes(_exactly(file, 4 if first == 0x80 else 8), "big"), False


def _string(file: BinaryIO) -> bytes:
    length, coded = _length_or_coded(file)
    if not coded:
        return _exactly(file, length)
    if length in (0, 1, 2):
        return b"%d" % int.from_bytes(_exactly(file, 1 << length), "little", signed=True)
    # Compressed: the server is told not to, and what is, is compressed alike.
    size = _length(file)
    return b"%d " % _length(file) + _exactly(file, size)


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise Failure("a snapshot ends before its end")
    return data


def _intset(packed: bytes) -> Iterator[bytes]:
    width, count = struct.unpack_from("<II", packed)
    for at in range(8, 8 + width * count, width):
        yield b"%d" % int.from_bytes(packed[at : at + width], "little", signed=True)


def _listpack(packed: bytes) -> Iterator[bytes]:
    at = 6
    while (first := packed[at]) != 0xFF:
        header, size = 1, 0
        number: int | None = None
        if first < 0x80:
            number = first
        elif first < 0xC0:
            size = first & 0x3F
        elif first < 0xE0:
            header, number = 2, (first & 0x1F) << 8 | packed[at + 1]
            number -= 8192 if number >= 4096 else 0
        elif first < 0xF0:
            header, size = 2, (first & 0x0F) << 8 | packed[at + 1]
        elif first == 0xF0:
            header, size = 5, int.from_bytes(packed[at + 1 : at + 5], "little")
        else:
            header = 1 + {0xF1: 2, 0xF2: 3, 0xF3: 4, 0xF4: 8}[first]
            number = int.from_bytes(packed[at + 1 : at + header], "little", signed=True)
        whole = header + size
        yield packed[at + header : at + whole] if number is None else b"%d" % number
        at += whole + _behind(whole)


def _behind(whole: int) -> int:
    """Bytes in which an entry says how long it is, behind itself."""
    return 1 + sum(whole > limit for limit in (127, 16382, 2097150, 268435454))
