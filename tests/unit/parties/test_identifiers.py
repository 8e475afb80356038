"""Identifiers: what is mistyped is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.parties.errors import InvalidIce, InvalidRib
from souk.parties.identifiers import clean_ice, clean_rib, rib_key


def test_an_ice_is_kept_without_its_separators() -> None:
    assert clean_ice(" 002 000 012 000 061") == "002000012000061"


@pytest.mark.parametrize("wrong", ["", "123", "002000012000062", "0020000120000611", "abcdefghijklmno"])
def test_a_wrong_ice_is_refused_with_a_sentence_that_quotes_it(wrong: str) -> None:
    with pytest.raises(InvalidIce) as caught:
        clean_ice(wrong)
    assert wrong in caught.value.sentence


@given(st.integers(min_value=0, max_value=10**22 - 1))
def test_a_rib_with_its_own_key_is_accepted(number: int) -> None:
    account = f"{number:022d}"
    assert clean_rib(account + rib_key(account)) == account + rib_key(account)


@given(st.integers(min_value=0, max_value=10**22 - 1), st.integers(0, 21), st.integers(1, 9))
def test_one_mistyped_digit_of_a_rib_is_noticed(number: int, place: int, change: int) -> None:
    account = f"{number:022d}"
    digit = (int(account[place]) + change) % 10
    mistyped = account[:place] + str(digit) + account[place + 1 :]
    with pytest.raises(InvalidRib):
        clean_rib(mistyped + rib_key(account))
