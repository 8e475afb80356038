"""Offerings and prices, from the catalogue's rows to what the components draw."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from souk.doors.console import words
from souk.kernel import clock, rules
from souk.kernel.money import Money
from souk.kernel.scope import Scope
from souk.ordering import queries
from souk.provisioning import registry
from souk.stacks import queries as stacks
from souk.ui import format as values
from souk.ui.parts import Offer, Plan
from souk.ui.tags.text import icon_names

MARKETPLACE = "public"


class Card(msgspec.Struct):
    """An offering in the catalogue's listing."""

    slug: str
    category: str
    name: str
    summary: str
    from_per_month: Decimal | None
    currency: str
    blueprint: str = ""

    def offer(self) -> Offer:
        """As the market place's card."""
        label, _icon = words.category(self.category)
        icon = drawing(self.blueprint, self.category)
        month = None if self.from_per_month is None else Money.of(self.from_per_month, self.currency)
        return Offer(reverse("offering", args=[self.slug]), self.name, self.summary, icon, month=month, tags=[label])


@dataclass(frozen=True)
class TierRow:
    """One step of a graduated price: from and up to how many units, at what rate each."""

    meter: words.Text
    unit: words.Text
    above: Decimal
    up_to: Decimal | None
    rate: Decimal
    currency: str

    @property
    def span(self) -> str:
        """From where to where, in the meter's unit."""
        lower = values.number(self.above)
        return f"{lower} – {values.number(self.up_to)}" if self.up_to is not None else f"> {lower}"


def drawing(blueprint: str, category: str) -> str:
    """What stands for a kind of service: its blueprint's own drawing, or its category's."""
    known = registry.blueprints().get(blueprint) or registry.elsewhere().get(blueprint)
    return known.icon if known and known.icon in icon_names() else words.category(category)[1]


def called(scope: Scope, orders: Collection[UUID]) -> dict[UUID, str]:
    """What was ordered, in the reader's language."""
    return queries.called(scope, orders, (get_language() or "fr").split("-")[0])


def cards(listing: bytes) -> list[Offer]:
    """The listing's JSON as cards."""
    return [card.offer() for card in msgspec.json.decode(listing, type=list[Card], strict=False)]


def plans(offering: Mapping[str, Any]) -> list[Plan]:
    """An offering's plans at their listed prices."""
    return [
        plan(each, Decimal(each["per_hour"]), Decimal(each["per_month"]), offering["currency"])
        for each in described(offering)
    ]


def described(offering: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An offering's plans as the catalogue has them; those of a stack say what they are made of in the reader's
    language.
    """
    made_of = _made_of(offering)
    return [{**each, "features": made_of.get(each["key"], each.get("features", []))} for each in offering["plans"]]


def has_public_parts(offering: Mapping[str, Any]) -> bool:
    """Whether something of a stack may have a public address."""
    found = stacks.offered(MARKETPLACE, offering["slug"], values.language())
    return any(part.public for made in found.values() for part in made)


def _made_of(offering: Mapping[str, Any]) -> dict[str, list[str]]:
    if not is_stack(offering):
        return {}
    found = stacks.offered(MARKETPLACE, offering["slug"], values.language())
    return {key: [f"{part.offering_name} · {part.plan.upper()}" for part in made] for key, made in found.items()}


def plan(size: Mapping[str, Any], per_hour: Decimal, per_month: Decimal, currency: str) -> Plan:
    """A plan at a price."""
    return Plan(
        value=size["key"],
        name=size["key"].upper(),
        month=Money.of(per_month, currency),
        hour=per_hour,
        currency=currency,
        features=_features(size),
    )


def elsewhere(offering: Mapping[str, Any]) -> bool:
    """Whether an offering's services are produced by its vendor, on no machine of ours."""
    return any(not plan["vcpus"] for plan in offering["plans"]) and not is_stack(offering)


def is_stack(offering: Mapping[str, Any]) -> bool:
    """Whether an offering's services are made of other ones."""
    known = registry.elsewhere().get(offering["blueprint"])
    return known is not None and known.composer is not None


def _features(size: Mapping[str, Any]) -> list[str]:
    if not size["vcpus"]:
        return [words.isolated(each) for each in size.get("features", [])]
    return [
        words.processors(size["vcpus"]),
        words.memory(size["memory"]),
        words.disk(size["disk"]),
        *words.members(size.get("members", 1)),
    ]


def tiers(price: Mapping[str, Sequence[Mapping[str, Any]]], currency: str) -> list[TierRow]:
    """The graduated prices of consumption, step by step."""
    rows = []
    for meter, steps in price.items():
        above = Decimal(0)
        for step in steps:
            limit = None if step["up_to"] is None else Decimal(str(step["up_to"]))
            rows.append(
                TierRow(
                    words.METERS.get(meter, meter),
                    words.METER_UNITS.get(meter, _("unit")),
                    above,
                    limit,
                    Decimal(str(step["rate"])),
                    currency,
                )
            )
            above = limit if limit is not None else above
    return rows


def tax_rate(country: str) -> Decimal:
    """The standard rate of tax that holds in a country today."""
    return rules.require(country, "tva.standard", clock.now().date()).rate


def chosen(rule: Mapping[str, Any], value: Any) -> str:
    """A parameter's value as its form offers it: by its title, if it is one of several that have one."""
    return next((_(each["title"]) for each in rule.get("oneOf", ()) if each["const"] == value), "") or shown(value)


def shown(value: Any) -> str:
    """A parameter's value as a reader expects it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return values.number(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
