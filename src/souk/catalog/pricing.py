"""Prices: graduated tiers without gap or overlap, and the frozen form that a subscription keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from souk.catalog import errors

#: Hours of the shortest month: below this many paid hours a month would cost less than its listed price.
SHORTEST_MONTH_HOURS = 672


#: The meter of disk beyond what a plan gives, in GiB hours.
EXTRA_DISK = "extra_disk"

#: The meter of data that a service tells that it holds, in GiB hours.
STORED = "stored"


#: The meter of public addresses, in hours of one.
PUBLIC_ADDRESS = "public_address"


class Tier(msgspec.Struct, frozen=True):
    """Prices the units up to `up_to` (None: all) that no tier before it priced, at `rate` each."""

    up_to: Decimal | None
    rate: Decimal


class FrozenPrice(msgspec.Struct, frozen=True):
    """A price as it was sold: major units without tax, exact decimals."""

    book: str
    currency: str
    per_hour: Decimal
    per_month: Decimal
    minimum_hours: int
    tiers: dict[str, list[Tier]]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, decimals as strings."""
        return msgspec.json.decode(msgspec.json.encode(self))  # type: ignore[no-any-return]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> FrozenPrice:
        """Read what `as_json` wrote."""
        return msgspec.convert(value, cls, strict=False)


def check(per_hour: Decimal, per_month: Decimal, tiers: Mapping[str, Sequence[Tier]]) -> None:
    """Refuse a price that could not be explained to whoever pays it.

    Raises:
        PriceNotPositive, MonthBelowHours, TiersWithGap.
    """
    if per_hour <= 0 or per_month <= 0:
        raise errors.PriceNotPositive
    if per_month > per_hour * SHORTEST_MONTH_HOURS:
        raise errors.MonthBelowHours
    for meter, steps in tiers.items():
        limits = [step.up_to for step in steps]
        if not steps or limits[-1] is not None or any(limit is None for limit in limits[:-1]):
            raise errors.TiersWithGap(meter=meter)
        bounded = [limit for limit in limits if limit is not None]
        if bounded != sorted(set(bounded)) or any(limit <= 0 for limit in bounded):
            raise errors.TiersWithGap(meter=meter)
        if any(step.rate < 0 for step in steps):
            raise errors.PriceNotPositive


def graduated(quantity: Decimal, tiers: Sequence[Tier]) -> Decimal:
    """What `quantity` units cost: each tier prices its own share. Not rounded."""
    cost, priced = Decimal(0), Decimal(0)
    for tier in tiers:
        upper = quantity if tier.up_to is None else min(quantity, tier.up_to)
        if upper > priced:
            cost += (upper - priced) * tier.rate
            priced = upper
    return cost
