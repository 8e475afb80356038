"""Secrets: sealed under their own keys, opened for their own context, never by the wrong holder."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from nacl.exceptions import CryptoError

from souk.kernel.secrets import KeyMissing, KeyRing, new_box, new_password, post, unpost


def _ring(*ids: str) -> KeyRing:
    return KeyRing({identifier: os.urandom(32) for identifier in ids or ("k1",)})


def test_a_sealed_value_opens_for_its_context() -> None:
    ring = _ring()
    assert ring.open(ring.seal(b"value", "binding:1"), "binding:1") == b"value"


def test_a_sealed_value_does_not_open_for_another_context() -> None:
    ring = _ring()
    with pytest.raises(InvalidTag):
        ring.open(ring.seal(b"value", "binding:1"), "binding:2")


def test_the_same_value_never_seals_to_the_same_bytes() -> None:
    ring = _ring()
    assert ring.seal(b"value", "c") != ring.seal(b"value", "c")


def test_a_single_changed_byte_is_noticed() -> None:
    ring = _ring()
    sealed = bytearray(ring.seal(b"value", "c"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        ring.open(bytes(sealed), "c")


def test_a_value_sealed_under_an_old_key_opens_and_is_rewrapped_under_the_active_one() -> None:
    old = os.urandom(32)
    before, after = KeyRing({"old": old}), KeyRing({"new": os.urandom(32), "old": old})
    sealed = before.seal(b"value", "c")
    rewrapped = after.rewrap(sealed, "c")
    assert (after.key_id(sealed), after.key_id(rewrapped)) == ("old", "new")
    assert after.open(rewrapped, "c") == b"value"


def test_a_ring_without_the_key_says_so() -> None:
    with pytest.raises(KeyMissing):
        _ring("other").open(_ring("k1").seal(b"value", "c"), "c")


def test_a_ring_is_read_from_its_file_and_its_first_key_seals(tmp_path: Path) -> None:
    lines = [KeyRing.generate_line(), KeyRing.generate_line()]
    (tmp_path / "ring.key").write_text("\n".join(lines))
    ring = KeyRing.load(tmp_path / "ring.key")
    assert ring.key_id(ring.seal(b"value", "c")) == lines[0].partition(":")[0]


def test_an_unreadable_ring_is_a_missing_key(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        KeyRing.load(tmp_path / "none.key")


def test_only_the_box_that_asked_reads_the_answer() -> None:
    private, public = new_box()
    other, _ = new_box()
    posted = post(b"password", public)
    assert unpost(posted, private) == b"password"
    with pytest.raises(CryptoError):
        unpost(posted, other)


def test_a_sealed_value_shows_nothing_of_its_content() -> None:
    ring = _ring()
    assert b"plain-words" not in ring.seal(b"plain-words", "c")
    assert base64.b64encode(b"plain-words") not in ring.seal(b"plain-words", "c")


def test_passwords_are_long_and_never_repeat() -> None:
    assert len({new_password() for _ in range(1000)}) == 1000
    assert len(new_password()) == 32
