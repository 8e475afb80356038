"""What use costs. Pure functions: the same use at the same price always costs the same, whoever asks and when.

A month is rated as often as one likes. Each time, what its use comes to so far is compared with what was rated of it
before, and the difference is charged: interim bills and a bill at the month's end add up to the same amount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from souk.catalog.pricing import FrozenPrice, Tier
from souk.kernel.money import Money

_QUANTUM = Decimal("1e-10")
HOUR, MONTH, ONE, GIBIBYTE, GIBIBYTE_HOUR = "HUR", "MON", "C62", "E62", "GIBH"


@dataclass(frozen=True)
class Rated:
    """What was charged of a month for a meter before."""

    quantity: Decimal
    amount: Money


@dataclass(frozen=True)
class Charge:
    """Something to charge: `amount` is `quantity` × `unit_price` rounded once."""

    meter: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Money
    why: str


@dataclass(frozen=True)
class RunningTime:
    """Seconds of running: in the life of the subscription until the month began and until now, and in the month.

    `month` is how long the month lasts, in seconds.
    """

    before_month: Decimal
    until_now: Decimal
    month: Decimal


def running_charge(price: FrozenPrice, time: RunningTime, rated: Rated) -> Charge | None:
    """What running costs in a month, less what was rated of it: by the hour up to the month's price.

    A full calendar month costs exactly the listed price. The first hours count as `minimum_hours` at least, once in the
    subscription's life.
    """
    ceiling = Money.of(price.per_month, price.currency)
    left = ceiling - rated.amount
    whole_month = time.until_now - time.before_month >= time.month
    hours = _hours(time.until_now, price.minimum_hours) - _hours(time.before_month, price.minimum_hours)
    fresh = (hours - rated.quantity).quantize(_QUANTUM, ROUND_HALF_UP)
    amount = Money.of(max(fresh, Decimal(0)) * price.per_hour, price.currency)
    if left <= Money.zero(price.currency):
        return None
    if whole_month or left <= amount:
        if not rated.amount:
            return Charge("running", Decimal(1), MONTH, price.per_month, left, "month")
        return Charge("running.rest", Decimal(1), ONE, left.amount, left, "rest of the month's price")
    if not amount:
        return None
    return Charge("running", fresh, HOUR, price.per_hour, amount, "hours")


def _hours(seconds: Decimal, minimum: int) -> Decimal:
    return max(seconds / 3600, Decimal(minimum)) if seconds > 0 else Decimal(0)


def graduated_charges(
    price: FrozenPrice, meter: str, unit: str, quantity: Decimal, rated: Mapping[str, Rated]
) -> list[Charge]:
    """What `quantity` units of a month cost by the meter's tiers, less what was rated: a charge for each tier."""
    charges = []
    for key, tier, share in _shares(meter, quantity, price.tiers.get(meter, [])):
        before = rated.get(key)
        fresh = (share - (before.quantity if before else Decimal(0))).quantize(_QUANTUM, ROUND_HALF_UP)
        amount = Money.of(fresh * tier.rate, price.currency)
        if fresh > 0 and amount:
            charges.append(Charge(key, fresh, unit, tier.rate, amount, "tier"))
    return charges


def _shares(meter: str, quantity: Decimal, tiers: Sequence[Tier]) -> list[tuple[str, Tier, Decimal]]:
    shares, lower = [], Decimal(0)
    for number, tier in enumerate(tiers, 1):
        upper = quantity if tier.up_to is None else min(quantity, tier.up_to)
        shares.append((f"{meter}.{number}", tier, max(upper - lower, Decimal(0))))
        lower = max(lower, upper)
    return shares
