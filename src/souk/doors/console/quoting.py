"""What a plan, with disk beyond it, would cost the reader: shown while one chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from souk.catalog import queries as catalog
from souk.catalog.pricing import EXTRA_DISK, PUBLIC_ADDRESS, FrozenPrice, graduated
from souk.doors.console import selling, words
from souk.kernel.money import Money
from souk.sites.queries import RegionRow

MONTH_HOURS = 730
"""Hours of an average month: what is priced by the hour without a ceiling is shown for so many."""


@dataclass(frozen=True)
class Quote:
    """What a plan would cost the reader, with tax apart. `beyond` is what disk beyond it costs in a month, `gib` how
    many gibibytes that are on all its `members`, the machines that it runs on; `address` is what its public address
    costs in a month; `beyond_rate` is what the first of them
    costs for an hour, if it is sold.
    """

    plan: str
    per_hour: Decimal
    currency: str
    minimum_hours: int
    month: Money
    beyond: Money
    beyond_rate: Decimal | None
    gib: int
    address: Money
    members: int
    tax_rate: Decimal

    @property
    def net(self) -> Money:
        """A month without tax."""
        return self.month + self.beyond + self.address

    @property
    def tax(self) -> Money:
        """The tax on it."""
        return self.net.share(self.tax_rate)

    @property
    def gross(self) -> Money:
        """A month with tax."""
        return self.net + self.tax

    @property
    def rate(self) -> str:
        """The rate of tax."""
        return words.percent(self.tax_rate)


def quote(sold: catalog.Sellable, price: FrozenPrice, extra_gib: int, country: str, addresses: int = 0) -> Quote:
    """What a plan costs at a price, with so many gibibytes of disk beyond it on each machine, and public addresses."""
    tiers, gib = price.tiers.get(EXTRA_DISK, []), extra_gib * sold.members
    beyond = graduated(Decimal(gib * MONTH_HOURS), tiers) if tiers else Decimal(0)
    return Quote(
        sold.plan_key,
        price.per_hour,
        price.currency,
        price.minimum_hours,
        Money.of(price.per_month, price.currency),
        Money.of(beyond, price.currency),
        tiers[0].rate if tiers else None,
        gib,
        Money.of(graduated(Decimal(addresses * MONTH_HOURS), price.tiers.get(PUBLIC_ADDRESS, [])), price.currency),
        sold.members,
        selling.tax_rate(country),
    )


def country_of(places: Sequence[RegionRow], region: str | None) -> str:
    """The country whose tax holds in a region."""
    return next((place.country for place in places if place.code == region), "MA")


def gibibytes(given: str | None) -> int:
    """What a reader has typed so far, as a number to show a price for."""
    text = (given or "").strip()
    return int(text) if text.isdecimal() and len(text) < 7 else 0
