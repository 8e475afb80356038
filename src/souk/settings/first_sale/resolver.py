"""Asking one name server for an address: what `getaddrinfo` can't, since it takes the host's own servers."""

from __future__ import annotations

import ipaddress
import secrets
import socket
import struct

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_A, _IN = 1, 1
_RECURSE = 0x0100


class Unanswered(Exception):
    """The server gave no answer in time, or one that is no answer."""


def resolve(hostname: str, server: str, *, port: int = 53, timeout: float = 2.0) -> str | None:
    """The IPv4 address that `server` knows for a name, or None. RFC 1035, over UDP, asked three times at most.

    Raises:
        Unanswered.
    """
    number = secrets.randbelow(1 << 16)
    question = b"".join(bytes([len(label)]) + label.encode("ascii") for label in hostname.split(".")) + b"\0"
    query = _HEADER.pack(number, _RECURSE, 1, 0, 0, 0) + question + struct.pack("!HH", _A, _IN)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(timeout)
        asking.connect((server, port))
        for _ in range(3):
            try:
                asking.send(query)
                answer = asking.recv(1500)
            except OSError:
                continue
            if len(answer) >= _HEADER.size and _HEADER.unpack_from(answer)[0] == number:
                return _address(answer, len(query))
    raise Unanswered(server)


def _address(answer: bytes, at: int) -> str | None:
    try:
        for _ in range(_HEADER.unpack_from(answer)[3]):
            at = _after_name(answer, at)
            kind, family, _ttl, length = _RECORD.unpack_from(answer, at)
            at += _RECORD.size
            if (kind, family, length) == (_A, _IN, 4):
                return str(ipaddress.IPv4Address(answer[at : at + 4]))
            at += length
    except (struct.error, IndexError) as error:
        raise Unanswered("malformed") from error
    return None


def _after_name(answer: bytes, at: int) -> int:
    while (length := answer[at]) != 0:
        if length >= 0xC0:
            return at + 2
        at += length + 1
    return at + 1
