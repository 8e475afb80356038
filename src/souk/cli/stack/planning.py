"""What lies between a project as it is and as it is wanted. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from souk.cli.language import _
from souk.cli.stack.changes import KEPT, Catalogue, Change, Plan
from souk.cli.stack.hindrances import asleep, hindered, unsold
from souk.cli.stack.parts import AS_IT_BEGINS, Present, Service, Stack, There
from souk.cli.stack.pruning import deleted, pruned
from souk.cli.stack.reckoning import add, reckon, sold_at

_FIXED = ("offering", "marketplace", "region")
_ORDERED = ("offering", "marketplace", "region", "plan", "extra_disk", "parameters", "network", "public_address")
_LATER = (
    "plan",
    "extra_disk",
    "grow_to",
    "network",
    "public_address",
    "access",
    "firewall",
    "bindings",
    "names",
    "zones",
    "window",
    "alerts",
    "protected",
    "running",
)


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
        if prune and there is not None:
            made += pruned(name, wanted, there, offerings)
        changes += sorted(made, key=_turn)
        reckon(monthly, wanted, there, made, offerings)
    if prune:
        for name, gone in present.services.items():
            if name not in stack.services:
                changes += deleted(name, gone)
                if not gone.service["protected"]:
                    add(monthly, gone.price["currency"], -sold_at(gone))
        said = _("A service is in it, perhaps a deleted one that could be recovered. It stays for now.")
        for name in present.networks:
            if name not in stack.networks:
                changes.append(Change("delete", "network", name, obstacle=said if name in present.occupied else ""))
    return Plan(changes, {currency: amount for currency, amount in monthly.items() if amount})


def _turn(change: Change) -> int:
    """What needs a running service comes between its start and its stop. Rules that only a public address allows come
    after it is given, and go before it is taken.
    """
    if change.key == "running":
        return 0 if change.after else 3
    return 2 if (change.key, change.after) == ("public_address", False) else 1


def _networks(stack: Stack, present: Present) -> Iterator[Change]:
    for name, region in stack.networks.items():
        if name not in present.networks:
            yield Change("create", "network", name, "region", after=region)
        elif present.networks[name][0] != region:
            said = _("A network stays in its region. Make another one, under another name.")
            yield Change("change", "network", name, "region", present.networks[name][0], region, said)


def _create(name: str, wanted: Service, stack: Stack, present: Present, offerings: Catalogue) -> Iterator[Change]:
    offering = offerings(wanted["marketplace"], wanted["offering"])
    obstacle = unsold(wanted, offering)
    network = wanted.get("network")
    if not obstacle and network and network not in {*stack.networks, *present.networks}:
        obstacle = _("There is no network “{name}”. Name it in the file, below networks.").format(name=network)
    said: Mapping[str, object] = wanted
    ordered = {key: said[key] for key in _ORDERED if said.get(key)}
    yield Change("create", "service", name, after=ordered, obstacle=obstacle)
    for key in _LATER:
        if key in said and key not in _ORDERED and said[key] != AS_IT_BEGINS.get(key, {}):
            yield Change("create", "service", name, key, after=said[key])


def _change(name: str, wanted: Service, there: There, offerings: Catalogue) -> Iterator[Change]:
    now: Mapping[str, object] = there.service
    then: Mapping[str, object] = wanted
    for key in _FIXED:
        if then[key] != now[key] and now[key]:
            said = _("This is fixed once a service runs. Order another one under another name, restored from this one.")
            yield Change("change", "service", name, key, now[key], then[key], said)
    yield from _sold_otherwise(name, wanted, there.service, offerings)
    for key in _LATER:
        if key in then and key != "plan":
            for change in _parts(name, key, now[key], then[key]):
                yield replace(change, obstacle=hindered(change, wanted, there))


def _sold_otherwise(name: str, wanted: Service, now: Service, offerings: Catalogue) -> Iterator[Change]:
    """What of parameters and plan is to be otherwise, as far as the offering sells that."""
    others = {key: value for key, value in wanted.get("parameters", {}).items() if now["parameters"].get(key) != value}
    if not others and wanted["plan"] == now["plan"]:
        return
    offering = offerings(now["marketplace"], now["offering"])
    obstacle = unsold({**wanted, "parameters": others}, offering)
    properties = offering["parameters"].get("properties", {})
    for key, value in others.items():
        before, part = now["parameters"].get(key), f"parameters.{key}"
        if not obstacle and properties[key].get(KEPT):
            yield from (
                Change("create", "service", name, part, after=each, obstacle=asleep(wanted, now))
                for each in value
                if each not in (before or ())
            )
            continue
        if not obstacle and key == "version":
            obstacle = _("Another version is tried out, then gone over to: souk services upgrade {name} {version}")
            obstacle = obstacle.format(name=name, version=value)
        if not obstacle and not properties[key].get("x-changeable"):
            obstacle = _("The parameter “{key}” is fixed once a service runs.").format(key=key)
        yield Change("change", "service", name, part, before, value, obstacle or asleep(wanted, now))
    if wanted["plan"] != now["plan"]:
        yield Change("change", "service", name, "plan", now["plan"], wanted["plan"], obstacle)


def _parts(name: str, key: str, now: Any, wanted: Any) -> Iterator[Change]:
    """What of one part of a service is to be otherwise; of mappings and names each member is a change of its own."""
    if key == "names":
        yield from (Change("create", "service", name, "names", after=each) for each in wanted if each not in now)
    elif key == "zones":
        for zone, text in wanted.items():
            if now.get(zone) != text:
                yield Change(
                    "change" if zone in now else "create", "service", name, f"zones.{zone}", now.get(zone), text
                )
    elif key in ("bindings", "alerts"):
        for member, value in wanted.items():
            before = now.get(member)
            if before is None:
                yield Change("create", "service", name, f"{key}.{member}", after=value)
                continue
            # What a vendor was told of credentials is told once, when they are made.
            after = {part: each for part, each in value.items() if part != "parameters"} if key == "bindings" else value
            if {**before, **after} != before if key == "bindings" else after != before:
                yield Change("change", "service", name, f"{key}.{member}", before, after)
    elif now != wanted:
        yield Change("change", "service", name, key, now, wanted)
