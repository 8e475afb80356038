"""Money: exact, rounded once, one currency at a time."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.kernel.money import CurrencyMismatch, Money, total

amounts = st.integers(min_value=-(10**15), max_value=10**15)


def test_half_a_centime_is_rounded_away_from_zero() -> None:
    assert Money.of("0.005", "MAD").minor == 1
    assert Money.of("-0.005", "MAD").minor == -1


def test_currencies_keep_their_own_number_of_decimals() -> None:
    assert Money.of("1.2345", "TND").minor == 1235
    assert Money.of("1500", "XOF").minor == 1500


def test_currencies_are_never_mixed() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "MAD") + Money(1, "EUR")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown currency"):
        Money(1, "ZZZ")


@given(st.lists(amounts, max_size=30))
def test_a_sum_is_the_sum_of_its_minor_units(minors: list[int]) -> None:
    assert total((Money(minor, "MAD") for minor in minors), "MAD").minor == sum(minors)


@given(amounts)
def test_an_amount_survives_the_way_through_decimals(minor: int) -> None:
    assert Money.of(Money(minor, "MAD").amount, "MAD").minor == minor


@given(amounts)
def test_a_share_is_at_most_half_a_centime_off(minor: int) -> None:
    exact = Money(minor, "MAD").amount * Decimal("0.20")
    assert abs(Money(minor, "MAD").share(Decimal("0.20")).amount - exact) <= Decimal("0.005")
