"""A name server of the test's own, and what it may answer."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from souk.settings.first_sale.resolver import Unanswered, resolve

Ask = Callable[[Callable[[bytes], bytes | None]], str | None]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Resolves a name at a server that answers each query with what the test makes of it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve(answer: Callable[[bytes], bytes | None]) -> None:
            server.settimeout(1)
            for _ in range(3):
                try:
                    query, client = server.recvfrom(1500)
                except OSError:
                    return
                said = answer(query)
                if said is not None:
                    server.sendto(said, client)
                    return

        def go(answer: Callable[[bytes], bytes | None]) -> str | None:
            thread = threading.Thread(target=serve, args=(answer,))
            thread.start()
            try:
                return resolve("pg-1.souk.internal", "127.0.0.1", port=server.getsockname()[1], timeout=0.1)
            finally:
                thread.join()

        yield go


def _answer(query: bytes, *records: bytes) -> bytes:
    return query[:2] + struct.pack("!HHHHH", 0x8180, 1, len(records), 0, 0) + query[12:] + b"".join(records)


def _record(kind: int, data: bytes, name: bytes = b"\xc0\x0c") -> bytes:
    return name + struct.pack("!HHIH", kind, 1, 0, len(data)) + data


ADDRESS = _record(1, bytes([10, 0, 0, 10]))


def test_the_question_is_the_whole_name(ask: Ask) -> None:
    asked: list[bytes] = []

    def answer(query: bytes) -> bytes:
        asked.append(query)
        return _answer(query, ADDRESS)

    assert ask(answer) == "10.0.0.10"
    assert b"\x04pg-1\x04souk\x08internal\x00" in asked[0]


def test_an_alias_before_the_address_is_passed_over(ask: Ask) -> None:
    assert ask(lambda query: _answer(query, _record(5, b"\x01a\x00"), ADDRESS)) == "10.0.0.10"


def test_a_name_spelled_out_in_the_answer_is_read_too(ask: Ask) -> None:
    record = _record(1, bytes([10, 0, 0, 11]), name=b"\x04pg-1\x04souk\x08internal\x00")
    assert ask(lambda query: _answer(query, record)) == "10.0.0.11"


def test_an_unknown_name_is_none(ask: Ask) -> None:
    assert ask(_answer) is None


def test_a_lost_answer_is_asked_for_again(ask: Ask) -> None:
    lost = iter([True, False])
    assert ask(lambda query: None if next(lost) else _answer(query, ADDRESS)) == "10.0.0.10"


def test_an_answer_to_another_question_is_no_answer(ask: Ask) -> None:
    with pytest.raises(Unanswered):
        ask(lambda query: bytes([query[0] ^ 1]) + _answer(query, ADDRESS)[1:])


def test_an_answer_cut_short_is_no_answer(ask: Ask) -> None:
    with pytest.raises(Unanswered):
        ask(lambda query: _answer(query, ADDRESS)[:-6])


def test_silence_is_no_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        with pytest.raises(Unanswered):
            resolve("pg-1.souk.internal", "127.0.0.1", port=deaf.getsockname()[1], timeout=0.05)
