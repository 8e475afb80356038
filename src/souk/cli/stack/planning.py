"""What lies between a project as it is and as it is wanted. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from souk.cli.language import _
from souk.cli.stack.parts import Present, Service, Stack, There
from souk.client.models import OfferingOut

MONTH_HOURS = 730
"""By convention, as the console reckons."""
_FIXED = ("offering", "marketplace", "region")
_ORDERED = ("offering", "marketplace", "region", "plan", "extra_disk", "parameters", "network")
_LATER = ("plan", "extra_disk", "grow_to", "network", "access", "bindings", "names", "window", "alerts", "protected")
Catalogue = Callable[[str, str], OfferingOut]


@dataclass(frozen=True)
class Change:
    """One thing to do: something is created, changed or deleted. `key` is the part of it, empty for the whole;
    `obstacle` says why it can't be done, and what to do instead.
    """

    action: Literal["create", "change", "delete"]
    kind: Literal["network", "service"]
    name: str
    key: str = ""
    before: Any = None
    after: Any = None
    obstacle: str = ""


@dataclass(frozen=True)
class Plan:
    """What there is to do, in its order, and by how much a month becomes dearer, by currency, without tax."""

    changes: list[Change]
    monthly: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def obstacles(self) -> list[Change]:
        """What can't be done."""
        return [change for change in self.changes if change.obstacle]


def plan(stack: Stack, present: Present, offerings: Catalogue, *, prune: bool = False) -> Plan:
    """Networks first, then services, then, with `prune`, what the file does not name: a network goes last."""
    monthly: dict[str, Decimal] = {}
    changes = list(_networks(stack, present))
    for name, wanted in stack.services.items():
        there = present.services.get(name)
        made = list(
            _create(name, wanted, stack, present, offerings)
            if there is None
            else _change(name, wanted, there, offerings)
        )
        changes += made
        _reckon(monthly, wanted, there, made, offerings)
    if prune:
        for name, gone in present.services.items():
            if name not in stack.services:
                changes += _delete(name, gone)
                if not gone.service["protected"]:
                    _add(monthly, gone.price["currency"], -_sold(gone, gone.service["extra_disk"]))
        changes += [extra for name, wanted in stack.services.items() for extra in _pruned(name, wanted, present)]
        said = _("A service is in it, perhaps a deleted one that could be recovered. It stays for now.")
        for name in present.networks:
            if name not in stack.networks:
                changes.append(Change("delete", "network", name, obstacle=said if name in present.occupied else ""))
    return Plan(changes, {currency: amount for currency, amount in monthly.items() if amount})


def _networks(stack: Stack, present: Present) -> Iterator[Change]:
    for name, region in stack.networks.items():
        if name not in present.networks:
            yield Change("create", "network", name, "region", after=region)
        elif present.networks[name][0] != region:
            said = _("A network stays in its region. Make another one, under another name.")
            yield Change("change", "network", name, "region", present.networks[name][0], region, said)


def _create(name: str, wanted: Service, stack: Stack, present: Present, offerings: Catalogue) -> Iterator[Change]:
    offering = offerings(wanted["marketplace"], wanted["offering"])
    obstacle = _unsold(wanted, offering)
    network = wanted.get("network")
    if not obstacle and network and network not in {*stack.networks, *present.networks}:
        obstacle = _("There is no network “{name}”. Name it in the file, below networks.").format(name=network)
    ordered = {key: wanted[key] for key in _ORDERED if wanted.get(key)}  # type: ignore[literal-required]
    yield Change("create", "service", name, after=ordered, obstacle=obstacle)
    for key in _LATER:
        if key in wanted and key not in _ORDERED and wanted[key] not in (None, False, [], {}):  # type: ignore[literal-required]
            yield Change("create", "service", name, key, after=wanted[key])  # type: ignore[literal-required]


def _unsold(wanted: Service, offering: OfferingOut) -> str:
    """Why this can't be ordered, as far as the offering tells."""
    plans = [each["key"] for each in offering["plans"]]
    if wanted["plan"] not in plans:
        return _("There is no plan “{plan}”. There are: {plans}.").format(plan=wanted["plan"], plans=", ".join(plans))
    return next(_unfit(wanted, offering), "")


def _unfit(wanted: Service, offering: OfferingOut) -> Iterator[str]:
    from jsonschema import Draft202012Validator

    properties = offering["parameters"].get("properties", {})
    for key, value in wanted.get("parameters", {}).items():
        if key not in properties:
            known = ", ".join(sorted(properties)) or "—"
            yield _("There is no parameter “{key}”. There are: {known}.").format(key=key, known=known)
        elif not Draft202012Validator(properties[key]).is_valid(value):
            said = _("“{text}” is not right for the parameter “{key}”, which is of type {kind}.")
            yield said.format(text=value, key=key, kind=properties[key].get("type", ""))


def _change(name: str, wanted: Service, there: There, offerings: Catalogue) -> Iterator[Change]:
    now = there.service
    for key in _FIXED:
        if wanted[key] != now[key] and now[key]:  # type: ignore[literal-required]
            said = _("This is fixed once a service runs. Order another one under another name, restored from this one.")
            yield Change("change", "service", name, key, now[key], wanted[key], said)  # type: ignore[literal-required]
    others = {key: value for key, value in wanted.get("parameters", {}).items() if now["parameters"].get(key) != value}
    if others or wanted["plan"] != now["plan"]:
        offering = offerings(now["marketplace"], now["offering"])
        obstacle = _unsold({**wanted, "parameters": others}, offering)
        properties = offering["parameters"].get("properties", {})
        for key, value in others.items():
            if not obstacle and not properties[key].get("x-changeable"):
                obstacle = _("The parameter “{key}” is fixed once a service runs.").format(key=key)
            yield Change("change", "service", name, f"parameters.{key}", now["parameters"].get(key), value, obstacle)
        if wanted["plan"] != now["plan"]:
            yield Change("change", "service", name, "plan", now["plan"], wanted["plan"], obstacle)
    for key in _LATER:
        if key in wanted and key != "plan":
            yield from _parts(name, key, now[key], wanted[key])  # type: ignore[literal-required]


def _parts(name: str, key: str, now: Any, wanted: Any) -> Iterator[Change]:
    """What of one part of a service is to be otherwise; of mappings and names each member is a change of its own."""
    if key == "names":
        yield from (Change("create", "service", name, "names", after=each) for each in wanted if each not in now)
    elif key in ("bindings", "alerts"):
        for member, value in wanted.items():
            before = now.get(member)
            if before is None:
                yield Change("create", "service", name, f"{key}.{member}", after=value)
            elif {**before, **value} != before if key == "bindings" else value != before:
                yield Change("change", "service", name, f"{key}.{member}", before, value)
    elif now != wanted:
        yield Change("change", "service", name, key, now, wanted)


def _delete(name: str, there: There) -> list[Change]:
    said = _("It is protected, and stays. `souk services unprotect {name}` gives that up.").format(name=name)
    return [Change("delete", "service", name, obstacle=said if there.service["protected"] else "")]


def _pruned(name: str, wanted: Service, present: Present) -> Iterator[Change]:
    """Bindings and names that the file does not name, of services of which it names some."""
    if name not in present.services:
        return
    now = present.services[name].service
    if "bindings" in wanted:
        left = [each for each in now["bindings"] if each not in wanted["bindings"]]
        yield from (Change("delete", "service", name, f"bindings.{each}", now["bindings"][each]) for each in left)
    if "names" in wanted:
        left = [each for each in now["names"] if each not in wanted["names"]]
        yield from (Change("delete", "service", name, "names", each) for each in left)


def _reckon(
    monthly: dict[str, Decimal], wanted: Service, there: There | None, made: list[Change], offerings: Catalogue
) -> None:
    """Add what a month costs more or less by the changes of one service."""
    if not any(change.key in ("", "plan", "extra_disk") for change in made) or any(each.obstacle for each in made):
        return
    extra = wanted.get("extra_disk", there.service["extra_disk"] if there else 0)
    if there and there.service["plan"] == wanted["plan"]:
        _add(monthly, there.price["currency"], _sold(there, extra) - _sold(there, there.service["extra_disk"]))
        return
    offering = offerings(wanted["marketplace"], wanted["offering"])
    sold = next(each for each in offering["plans"] if each["key"] == wanted["plan"])
    tiers = sold["tiers"].get("extra_disk", [])
    _add(monthly, offering["currency"], Decimal(sold["per_month"]) + _disk(extra * sold.get("members", 1), tiers))
    if there:
        _add(monthly, there.price["currency"], -_sold(there, there.service["extra_disk"]))


def _add(monthly: dict[str, Decimal], currency: str, amount: Decimal) -> None:
    monthly[currency] = monthly.get(currency, Decimal(0)) + amount


def _sold(there: There, extra: int) -> Decimal:
    """A month at the price that a service was sold at, with so much disk beyond its plan."""
    tiers = there.price.get("tiers", {}).get("extra_disk", [])
    return Decimal(there.price["per_month"]) + _disk(extra * there.members, tiers)


def _disk(gib: int, tiers: list[dict[str, Any]]) -> Decimal:
    """A month of disk: each tier prices its own share."""
    quantity, cost, priced = Decimal(gib * MONTH_HOURS), Decimal(0), Decimal(0)
    for tier in tiers:
        upper = quantity if tier["up_to"] is None else min(quantity, Decimal(str(tier["up_to"])))
        if upper > priced:
            cost, priced = cost + (upper - priced) * Decimal(str(tier["rate"])), upper
    return cost
