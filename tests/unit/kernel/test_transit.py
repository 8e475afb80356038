"""A key management service wraps data keys; what it is asked, and what is said when it can't be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.support.bao import Bao

from souk.kernel.secrets import KeyRing
from souk.kernel.transit import REMEMBERED_SECONDS, KmsAway, KmsRefuses, Options


@pytest.fixture
def bao() -> Bao:
    return Bao()


def test_what_it_seals_opens_for_its_context_only_and_names_the_version(bao: Bao, tmp_path: Path) -> None:
    ring = KeyRing({}, bao.transit(tmp_path))
    sealed = ring.seal(b"value", "binding:1")
    assert ring.key_id(sealed) == "transit:souk:v1"
    assert ring.open(sealed, "binding:1") == b"value"
    with pytest.raises(KmsRefuses):
        ring.open(sealed, "binding:2")


def test_neither_the_value_nor_its_context_goes_there_in_clear(bao: Bao, tmp_path: Path) -> None:
    told: list[bytes] = []
    answer = bao.answer
    bao.answer = lambda request: (told.append(request.content), answer(request))[1]
    ring = KeyRing({}, bao.transit(tmp_path))
    ring.open(ring.seal(b"plain-words", "c"), "c")
    assert told
    assert not [content for content in told if b"plain-words" in content]


def test_an_opened_key_is_remembered_for_a_bounded_time(bao: Bao, tmp_path: Path) -> None:
    now = [0.0]
    ring = KeyRing({}, bao.transit(tmp_path, monotonic=lambda: now[0]))
    sealed = ring.seal(b"value", "c")
    ring.open(sealed, "c")
    bao.away = True
    assert ring.open(sealed, "c") == b"value"
    now[0] = REMEMBERED_SECONDS + 1
    with pytest.raises(KmsAway):
        ring.open(sealed, "c")
    bao.away = False
    assert ring.open(sealed, "c") == b"value"


@pytest.mark.parametrize("trouble", ["away", "sealed"])
def test_away_and_sealed_are_told_as_the_same_trouble(bao: Bao, tmp_path: Path, trouble: str) -> None:
    setattr(bao, trouble, True)
    with pytest.raises(KmsAway):
        KeyRing({}, bao.transit(tmp_path)).seal(b"value", "c")


def test_a_rotated_key_seals_anew_and_the_old_version_can_go(bao: Bao, tmp_path: Path) -> None:
    ring = KeyRing({}, bao.transit(tmp_path))
    sealed = ring.seal(b"value", "c")
    bao.rotate()
    assert (ring.active, ring.open(sealed, "c")) == ("transit:souk:v2", b"value")
    moved = ring.rewrap(sealed, "c")
    bao.oldest = 2
    assert KeyRing({}, bao.transit(tmp_path)).open(moved, "c") == b"value"


def test_values_of_the_file_open_beside_it_and_move_over(bao: Bao, tmp_path: Path) -> None:
    key = os.urandom(32)
    sealed = KeyRing({"k1": key}).seal(b"value", "c")
    both = KeyRing({"k1": key}, bao.transit(tmp_path))
    assert both.open(sealed, "c") == b"value"
    assert KeyRing({}, bao.transit(tmp_path)).open(both.rewrap(sealed, "c"), "c") == b"value"


def test_a_token_that_was_replaced_in_its_file_is_read_anew(bao: Bao, tmp_path: Path) -> None:
    ring = KeyRing({}, bao.transit(tmp_path))
    ring.seal(b"value", "c")
    bao.tokens = {"s.second"}
    with pytest.raises(KmsRefuses):
        ring.seal(b"value", "c")
    (tmp_path / "token").write_text("s.second\n")
    assert ring.open(ring.seal(b"value", "c"), "c") == b"value"


def test_an_approle_signs_in_once_and_again_when_its_token_has_ended(bao: Bao, tmp_path: Path) -> None:
    file = tmp_path / "role"
    file.write_text("role\nsecret\n")
    file.chmod(0o640)
    ring = KeyRing({}, bao.transit(tmp_path, options=Options("https://bao.example", role_file=str(file))))
    ring.seal(b"value", "c")
    ring.seal(b"value", "c")
    assert bao.sign_ins == 1
    bao.tokens.clear()
    ring.seal(b"value", "c")
    assert bao.sign_ins == 2


def test_credentials_that_everybody_may_read_are_refused(bao: Bao, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s.first\n")
    (tmp_path / "token").chmod(0o644)
    with pytest.raises(KmsRefuses, match="everybody"):
        KeyRing({}, bao.transit(tmp_path)).seal(b"value", "c")


def test_it_is_not_spoken_to_in_clear() -> None:
    with pytest.raises(KmsRefuses, match="https"):
        Options.of({"SOUK_KMS_URL": "http://bao.example:8200"})
    assert Options.of({}) is None
