"""Speaking RESP2, the protocol of Valkey and Redis, over a socket that is open already. Images have it too."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Any

_LONGEST = 64 * 1024**2
"""Bytes of an answer that is believed."""
_DEEPEST = 8


class ServerRefused(Exception):
    """The server's own word and sentence for why it does not do something."""

    @property
    def word(self) -> str:
        """The first word, by which refusals are told apart, such as `OOM`."""
        return str(self).partition(" ")[0]


class Session:
    """A connection on which commands are asked one after another."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket, self._reader = opened, opened.makefile("rb")

    def ask(self, *words: str | bytes | int) -> Any:
        """What the server answers: text, a number, a list of such, or None.

        Raises:
            ServerRefused.
            OSError: the connection ended, or what came is not RESP.
        """
        answer = self.ask_all([words])[0]
        if isinstance(answer, ServerRefused):
            raise answer
        return answer

    def ask_all(self, commands: list[tuple[str | bytes | int, ...]]) -> list[Any]:
        """What the server answers to several commands sent at once, refusals among it.

        Raises:
            OSError: the connection ended, or what came is not RESP.
        """
        self._socket.sendall(b"".join(_packed(words) for words in commands))
        return [self._read() for _ in commands]

    def told(self, section: str = "everything") -> dict[str, str]:
        """What `INFO` says, by key.

        Raises:
            ServerRefused, OSError.
        """
        lines = str(self.ask("INFO", section)).splitlines()
        return dict(line.partition(":")[::2] for line in lines if ":" in line)

    def close(self) -> None:
        """End it."""
        self._reader.close()
        self._socket.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.close()

    def _read(self, depth: int = 0) -> Any:
        line = self._reader.readline(_LONGEST)
        kind, rest = line[:1], line[1:].rstrip(b"\r\n").decode(errors="replace")
        if not line.endswith(b"\n") or depth > _DEEPEST:
            raise ConnectionError("the server ended the connection")
        if kind == b"+":
            return rest
        if kind == b"-":
            return ServerRefused(rest)
        try:
            number = int(rest)
        except ValueError:
            raise ConnectionError("what answers is no such server") from None
        if kind == b":":
            return number
        if number < 0:
            return None
        if kind == b"$" and number <= _LONGEST:
            data = self._reader.read(number + 2)
            if len(data) != number + 2:
                raise ConnectionError("the server ended the connection")
            return data[:-2].decode(errors="surrogateescape")
        if kind == b"*" and number <= _LONGEST:
            return [self._read(depth + 1) for _ in range(number)]
        raise ConnectionError("what answers is no such server")


def _packed(words: tuple[str | bytes | int, ...]) -> bytes:
    packed = [b"*%d\r\n" % len(words)]
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode(errors="surrogateescape")
        packed.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(packed)
