"""What a month costs more or less."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from souk.cli.stack.changes import ADDRESS, Catalogue, Change
from souk.cli.stack.parts import Service, There

MONTH_HOURS = 730
"""By convention, as the console reckons."""
_PRICED = frozenset({"", "plan", "extra_disk", "public_address"})


def reckon(
    monthly: dict[str, Decimal], wanted: Service, there: There | None, made: list[Change], offerings: Catalogue
) -> None:
    """Add what a month costs more or less by the changes of one service."""
    if not any(change.key in _PRICED for change in made):
        return
    if any(change.obstacle and change.action != "delete" for change in made):
        return
    now: Service = there.service if there else {}
    extra = wanted.get("extra_disk", now.get("extra_disk", 0))
    public = wanted.get("public_address", now.get("public_address", False))
    if there and now["plan"] == wanted["plan"]:
        add(monthly, there.price["currency"], sold_at(there, extra, public) - sold_at(there))
        return
    offering = offerings(wanted["marketplace"], wanted["offering"])
    sold = next(each for each in offering["plans"] if each["key"] == wanted["plan"])
    add(monthly, offering["currency"], _month(sold, extra * sold.get("members", 1), public))
    if there:
        add(monthly, there.price["currency"], -sold_at(there))


def add(monthly: dict[str, Decimal], currency: str, amount: Decimal) -> None:
    """Add an amount in a currency."""
    monthly[currency] = monthly.get(currency, Decimal(0)) + amount


def sold_at(there: There, extra: int | None = None, public: bool | None = None) -> Decimal:
    """A month at the price that a service was sold at: as it is, or with so much disk beyond its plan, and with a
    public address or without.
    """
    now = there.service
    extra = now["extra_disk"] if extra is None else extra
    return _month(there.price, extra * there.members, now["public_address"] if public is None else public)


def _month(price: Mapping[str, Any], extra: int, public: bool) -> Decimal:
    tiers = price.get("tiers", {})
    disk, address = tiers.get("extra_disk", []), tiers.get(ADDRESS, [])
    return Decimal(price["per_month"]) + _held(extra, disk) + _held(int(public), address)


def _held(units: int, tiers: list[dict[str, Any]]) -> Decimal:
    """A month of so many units, charged by the hour: each tier prices its own share."""
    quantity, cost, priced = Decimal(units * MONTH_HOURS), Decimal(0), Decimal(0)
    for tier in tiers:
        upper = quantity if tier["up_to"] is None else min(quantity, Decimal(str(tier["up_to"])))
        if upper > priced:
            cost, priced = cost + (upper - priced) * Decimal(str(tier["rate"])), upper
    return cost
