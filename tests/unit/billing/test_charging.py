"""Charging: a month costs its price, however often it is looked at, and an hour is the least."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from souk.billing.charging import Charge, Rated, RunningTime, graduated_charges, running_charge
from souk.catalog.pricing import FrozenPrice, Tier, graduated
from souk.kernel.money import Money, total

PRICE = FrozenPrice(
    book="Standard",
    currency="MAD",
    per_hour=Decimal("1.20"),
    per_month=Decimal("490"),
    minimum_hours=1,
    tiers={
        "egress": [Tier(Decimal(100), Decimal(0)), Tier(Decimal(1000), Decimal("0.15")), Tier(None, Decimal("0.10"))]
    },
)
MONTH = Decimal(30 * 24 * 3600)
NOTHING = Rated(Decimal(0), Money.zero("MAD"))


def _charges(looks: list[Decimal], before: Decimal = Decimal(0), price: FrozenPrice = PRICE) -> list[Charge]:
    """Rate a month at each of these many seconds of running, as interim bills would."""
    charges: list[Charge] = []
    for seconds in looks:
        hours = sum((charge.quantity for charge in charges if charge.meter == "running"), Decimal(0))
        amount = total((charge.amount for charge in charges), "MAD")
        charge = running_charge(price, RunningTime(before, before + seconds, MONTH), Rated(hours, amount))
        if charge is not None:
            charges.append(charge)
    return charges


def test_a_full_month_costs_exactly_the_listed_price() -> None:
    (charge,) = _charges([MONTH])
    assert (charge.amount, charge.unit, charge.quantity) == (Money.of("490", "MAD"), "MON", 1)


def test_one_second_costs_the_first_hour() -> None:
    (charge,) = _charges([Decimal(1)])
    assert charge.amount == Money.of("1.20", "MAD")
    assert charge.quantity == 1


def test_the_first_hour_is_charged_once_in_a_subscriptions_life() -> None:
    assert running_charge(PRICE, RunningTime(Decimal(1800), Decimal(3600), MONTH), NOTHING) is None
    assert _charges([Decimal(1), Decimal(3600)]) == _charges([Decimal(1)])


def test_nothing_is_charged_for_what_never_ran() -> None:
    assert running_charge(PRICE, RunningTime(Decimal(0), Decimal(0), MONTH), NOTHING) is None


def test_hours_cost_no_more_than_the_month() -> None:
    assert total((charge.amount for charge in _charges([MONTH - 3600])), "MAD") == Money.of("490", "MAD")


def test_a_full_month_reaches_its_price_even_when_its_hours_would_cost_less() -> None:
    cheap = FrozenPrice("Standard", "MAD", Decimal("0.10"), Decimal("490"), 1, {})
    assert _charges([MONTH], price=cheap)[0].amount == Money.of("490", "MAD")


seconds = st.integers(min_value=0, max_value=int(MONTH)).map(Decimal)


@given(st.lists(seconds, min_size=1, max_size=12).map(sorted))
def test_interim_bills_and_the_months_end_add_up_to_the_price(looks: list[Decimal]) -> None:
    assert total((charge.amount for charge in _charges([*looks, MONTH])), "MAD") == Money.of("490", "MAD")


@given(st.lists(seconds, min_size=1, max_size=8).map(sorted))
def test_interim_bills_never_pass_the_months_price(looks: list[Decimal]) -> None:
    assert total((charge.amount for charge in _charges(looks)), "MAD") <= Money.of("490", "MAD")


@given(st.lists(seconds, min_size=1, max_size=8).map(sorted))
def test_each_line_is_its_quantity_times_its_price_rounded_once(looks: list[Decimal]) -> None:
    for charge in _charges(looks):
        assert charge.amount == Money.of(charge.quantity * charge.unit_price, "MAD")


@given(seconds)
def test_looking_again_at_the_same_use_charges_nothing_more(look: Decimal) -> None:
    assert len(_charges([look, look, look])) <= 1


quantities = st.decimals(min_value=0, max_value=5000, places=4)


@given(quantities)
def test_tiers_price_each_unit_once(quantity: Decimal) -> None:
    charges = graduated_charges(PRICE, "egress", "E62", quantity, {})
    exact = graduated(quantity, PRICE.tiers["egress"])
    assert abs(total((charge.amount for charge in charges), "MAD").amount - exact) <= Decimal("0.005") * 3


@given(st.lists(quantities, min_size=1, max_size=6).map(sorted))
def test_interim_bills_of_consumption_price_the_same_units(looks: list[Decimal]) -> None:
    rated: dict[str, Rated] = {}
    for quantity in looks:
        for charge in graduated_charges(PRICE, "egress", "E62", quantity, rated):
            before = rated.get(charge.meter, NOTHING)
            rated[charge.meter] = Rated(before.quantity + charge.quantity, before.amount + charge.amount)
    priced = sum((row.quantity for row in rated.values()), Decimal(0))
    assert priced <= max(looks[-1] - 100, Decimal(0))
    assert priced >= max(looks[-1] - 100, Decimal(0)) - Decimal("0.1") * len(looks) * 2
