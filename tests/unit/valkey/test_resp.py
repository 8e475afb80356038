"""What a server says is understood, and whatever is no server is told so within bounds."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.blueprints.valkey.resp import ServerRefused, Session


def answered(said: bytes, ask: Callable[[Session], Any]) -> Any:
    """What comes of asking a server that says this and nothing else."""
    ours, theirs = socket.socketpair()
    with theirs, Session(ours) as session:
        ours.settimeout(5)
        theirs.sendall(said)
        theirs.shutdown(socket.SHUT_WR)
        return ask(session)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (b"+PONG\r\n", "PONG"),
        (b":-3\r\n", -3),
        (b"$5\r\na\r\nbc\r\n", "a\r\nbc"),
        (b"$-1\r\n", None),
        (b"$0\r\n\r\n", ""),
        (b"*2\r\n:1\r\n*1\r\n$1\r\nx\r\n", [1, ["x"]]),
    ],
)
def test_an_answer_is_what_it_says(said: bytes, meant: object) -> None:
    assert answered(said, lambda session: session.ask("PING")) == meant


def test_a_refusal_has_a_word_and_does_not_end_what_was_asked_beside_it() -> None:
    said = b"+OK\r\n-OOM command not allowed\r\n:1\r\n"
    first, second, third = answered(said, lambda session: session.ask_all([("A",), ("B",), ("C",)]))
    assert (first, second.word, third) == ("OK", "OOM", 1)
    with pytest.raises(ServerRefused, match="command not allowed"):
        answered(b"-OOM command not allowed\r\n", lambda session: session.ask("A"))


def test_what_is_told_by_key_is_found_by_key() -> None:
    text = b"# Memory\r\nused_memory:12\r\n\r\n# Keyspace\r\ndb0:keys=1,expires=0\r\n"
    told = answered(b"$%d\r\n%s\r\n" % (len(text), text), lambda session: session.told())
    assert told == {"used_memory": "12", "db0": "keys=1,expires=0"}


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad Request\r\n", b"$99999999999\r\n", b"*1\r\n" * 20, b"$5\r\nab", b""]
)
def test_what_is_no_server_or_ends_half_way_is_a_broken_connection(said: bytes) -> None:
    with pytest.raises(OSError, match="server"):
        answered(said, lambda session: session.ask("PING"))


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5))
def test_any_bytes_are_sent_as_they_are(words: list[bytes]) -> None:
    ours, theirs = socket.socketpair()
    with theirs, Session(ours) as session:
        theirs.sendall(b"+OK\r\n")
        assert session.ask(*words) == "OK"
        sent = theirs.recv(65536)
    assert sent == b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
