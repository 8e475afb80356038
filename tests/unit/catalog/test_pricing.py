"""Prices that could not be explained can't be saved."""

from __future__ import annotations

from decimal import Decimal

import pytest

from souk.catalog import errors
from souk.catalog.pricing import FrozenPrice, Tier, check

HOUR, MONTH = Decimal("1.20"), Decimal("490")


def test_a_sane_price_passes() -> None:
    check(HOUR, MONTH, {"egress": [Tier(Decimal(100), Decimal(0)), Tier(None, Decimal("0.15"))]})


@pytest.mark.parametrize(("hour", "month"), [(Decimal(0), MONTH), (HOUR, Decimal(0)), (Decimal(-1), MONTH)])
def test_a_price_of_zero_or_below_is_refused(hour: Decimal, month: Decimal) -> None:
    with pytest.raises(errors.PriceNotPositive):
        check(hour, month, {})


def test_a_month_may_not_cost_more_than_the_hours_of_the_shortest_one() -> None:
    with pytest.raises(errors.MonthBelowHours):
        check(Decimal("0.10"), MONTH, {})


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [Tier(Decimal(100), Decimal(1))],
        [Tier(None, Decimal(1)), Tier(None, Decimal(2))],
        [Tier(Decimal(200), Decimal(1)), Tier(Decimal(100), Decimal(1)), Tier(None, Decimal(1))],
        [Tier(Decimal(100), Decimal(1)), Tier(Decimal(100), Decimal(1)), Tier(None, Decimal(1))],
        [Tier(Decimal(0), Decimal(1)), Tier(None, Decimal(1))],
    ],
)
def test_tiers_with_a_gap_or_an_overlap_are_refused(tiers: list[Tier]) -> None:
    with pytest.raises(errors.TiersWithGap):
        check(HOUR, MONTH, {"egress": tiers})


def test_a_frozen_price_survives_the_way_through_json() -> None:
    price = FrozenPrice("Standard", "MAD", HOUR, MONTH, 1, {"egress": [Tier(None, Decimal("0.1500000001"))]})
    assert FrozenPrice.from_json(price.as_json()) == price
