"""Doing what was planned, one change after another; each may be asked for twice and happens once.

What is new is ordered first, all of it, so that it is made at the same time. What else it needs is planned anew once it
exists: an apply that was interrupted goes on the same way.
"""

from __future__ import annotations

import uuid
from typing import Any, cast

from souk.cli.commands.names import ask_for
from souk.cli.commands.orders import await_order, closed
from souk.cli.commands.services import finish
from souk.cli.context import Context
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.progress import follow
from souk.cli.stack import zones
from souk.cli.stack.changes import Change, Plan
from souk.cli.stack.parts import ANYTIME, EVERYONE, PRIVATE, Present, Service, Stack, There
from souk.client.models import AccessIn, BindingIn, EntitlementIn, NetworkIn, OrderIn, PlanIn, Requested, SizeChanges

_SAID = frozenset(
    {
        *("create", "start", "stop", "resize", "grow", "grant", "entitle", "revoke", "allow", "configure", "firewall"),
        *("create_database", "drop_database", "attach", "detach", "give_address", "take_address", "remove_name"),
    }
)
"""Operations by which a service becomes what a file says; others may wait for a night, or for a name in DNS."""
_SPACE = uuid.UUID("0b5a8a0e-6a1c-4d0f-9d55-7a5f3b1c2e47")


def settled(context: Context, stack: Stack, present: Present, *, wait: bool) -> bool:
    """Whether nothing that a file could say is being changed of the services that it names. Otherwise, that is waited
    for: an apply that was interrupted has perhaps asked for it. Without `wait`, it is told.
    """
    quiet = True
    for name in stack.services:
        there = present.services.get(name)
        if there is None:
            continue
        asked = context.client.list_operations(there.id)
        coming = [each for each in asked if each["kind"] in _SAID and each["state"] in ("queued", "running")]
        if there.service["running"] is False:
            # What waits until it runs.
            coming = [each for each in coming if each["kind"] in ("start", "stop", "create")]
        orders = [str(each["details"].get("order") or "") for each in asked if each["kind"] == "resize"][:1]
        opened = [each for each in orders if each and context.client.get_order(each)["closed_at"] is None]
        if not coming and not opened:
            continue
        if not wait:
            context.output.remark(_("“{name}” is being changed: the plan may be another one then.").format(name=name))
            continue
        quiet = False
        for each in reversed(coming):
            follow(context, each["id"])
        for order in opened:
            closed(context, order)
    return quiet


def begin(context: Context, plan: Plan, stack: Stack, present: Present) -> None:
    """Make networks and order services, and follow the orders until they are fulfilled.

    Raises:
        Stopped: an order was not fulfilled. Failed.
    """
    client = context.client
    networks = {name: identifier for name, (_region, identifier) in present.networks.items()}
    for change in plan.changes:
        if change.kind == "network" and change.action == "create":
            body: NetworkIn = {
                "name": change.name,
                "region": str(change.after),
                "organization": present.organization,
                "project": present.project,
            }
            made = client.create_network(body)
            networks[change.name] = made["id"]
            _told(context, change)
    placed = []
    for change in plan.changes:
        if change.kind == "service" and change.action == "create" and not change.key:
            order = _order(change.name, stack.services[change.name], present, networks)
            placed.append(client.place_order(order, key=_key(present, change.name)))
            _told(context, change)
    for each in placed:
        await_order(context, client.get_order(each["id"]))


def _order(name: str, wanted: Service, present: Present, networks: dict[str, str]) -> OrderIn:
    network = wanted.get("network")
    return {
        "offering": wanted["offering"],
        "plan": wanted["plan"],
        "region": wanted["region"],
        "name": name,
        "marketplace": wanted["marketplace"],
        "extra_gib": wanted.get("extra_disk", 0),
        "parameters": wanted.get("parameters", {}),
        "organization": present.organization,
        "project": present.project,
        "network": networks[network] if network else "",
        "public_address": wanted.get("public_address", False),
    }


def _key(present: Present, name: str) -> str:
    """The same for whoever orders this service of this project, until it is deleted: it is ordered once."""
    return f"apply:{uuid.uuid5(_SPACE, '/'.join([present.project, name, present.former.get(name, '')]))}"


def go_on(context: Context, plan: Plan, present: Present) -> None:
    """Change what exists, and delete what is to go.

    Raises:
        Stopped: an operation failed. Failed.
    """
    for name in {change.name for change in plan.changes if change.kind == "service"}:
        # What an earlier apply ordered may still be in the making.
        there = present.services[name]
        if not there.made and (asked := context.client.list_operations(there.id)):
            follow(context, asked[-1]["id"])
    sized: set[str] = set()
    configured: set[str] = set()
    for change in plan.changes:
        if change.kind == "network":
            if change.action == "delete":
                context.client.delete_network(present.networks[change.name][1])
                _told(context, change)
            continue
        there = present.services[change.name]
        if change.key in ("plan", "extra_disk"):
            if change.name in sized:
                continue
            sized.add(change.name)
            resized = _resize(context, plan, change.name, there)
            _told(context, change)
            finish(context, change.name, resized, True)
            if resized["order"]:
                closed(context, resized["order"])
            continue
        if change.key.startswith("parameters.") and change.action == "change":
            if change.name not in configured:
                configured.add(change.name)
                finish(context, change.name, _configure(context, plan, change.name, there), True)
            continue
        wanted = _ask(context, change, there, present)
        _told(context, change)
        if wanted is not None:
            finish(context, change.name, wanted, True)


def _resize(context: Context, plan: Plan, name: str, there: There) -> SizeChanges:
    wanted = {each.key: each.after for each in plan.changes if each.name == name and each.kind == "service"}
    body: PlanIn = {"plan": wanted.get("plan", ""), "extra_gib": wanted.get("extra_disk")}
    key = f"apply:{uuid.uuid5(_SPACE, f'{there.id}/{there.generation}/{body}')}"
    return context.client.change_plan(there.id, body, key=key)


def _configure(context: Context, plan: Plan, name: str, there: There) -> Requested:
    """All parameters that change, at once: one may be right only with another one."""
    changes = [
        each
        for each in plan.changes
        if each.kind == "service"
        and each.name == name
        and each.action == "change"
        and each.key.startswith("parameters.")
    ]
    for each in changes:
        _told(context, each)
    return context.client.change_parameters(
        there.id, {"parameters": {each.key.partition(".")[2]: each.after for each in changes}}
    )


def _ask(context: Context, change: Change, there: There, present: Present) -> Requested | None:
    """Ask for one change; None where it is done at once."""
    client, after = context.client, change.after
    part, _dot, member = change.key.partition(".")
    match part:
        case "":
            return client.delete_service(there.id)
        case "parameters" if change.action == "create":
            return client.create_database(there.id, {"name": after})
        case "parameters" if change.action == "delete":
            return client.delete_database(there.id, str(change.before))
        case "grow_to":
            client.set_growth(there.id, {"ceiling_gib": after})
        case "network":
            return _plug(context, there, present, after)
        case "public_address" if after:
            return client.give_address(there.id, {})
        case "public_address":
            return client.take_address(there.id)
        case "firewall":
            return client.set_firewall(there.id, {"rules": after, "confirm": True})
        case "running":
            return client.start_service(there.id) if after else client.stop_service(there.id)
        case "access":
            return client.set_access(there.id, _access(after))
        case "bindings" if change.action == "delete":
            return client.revoke_binding(there.id, member)
        case "bindings" if change.action == "create":
            return client.create_binding(there.id, cast(BindingIn, {"name": member, **after}))
        case "bindings":
            return client.change_binding(there.id, member, cast(EntitlementIn, {**change.before, **after}))
        case "names" if change.action == "delete":
            return client.remove_name(there.id, str(change.before))
        case "names":
            ask_for(context, client.add_name(there.id, {"name": after}))
        case "zones" if change.action == "delete":
            client.remove_zone(there.id, member)
        case "zones":
            zones.write(client, there.id, member, after, new=change.action == "create")
        case "window":
            client.set_window(there.id, {} if after == ANYTIME else after)
        case "alerts":
            client.set_alert_rule(there.id, member, _rule(change))
        case "protected":
            client.change_service(there.id, {"protected": after})
        case _:
            raise Stopped(_("This program does not know how to change {part}.").format(part=part))
    return None


def _plug(context: Context, there: There, present: Present, network: str | None) -> Requested | None:
    client = context.client
    if there.service["network"] is not None:
        asked = client.detach_service(there.id)
        if network is None:
            return asked
        finish(context, there.id, asked, True)
    return client.attach_service(there.id, {"network": present.networks[str(network)][1]})


def _access(wanted: Any) -> AccessIn:
    if wanted == EVERYONE:
        return {"networks": None}
    if wanted == PRIVATE:
        return {"networks": [], "private_only": True, "confirm": True}
    return {"networks": wanted, "nobody": not wanted, "confirm": True}


def _rule(change: Change) -> Any:
    if change.after is False:
        return {"threshold": change.before or 0, "enabled": False}
    return {"threshold": change.after, "enabled": True}


def _told(context: Context, change: Change) -> None:
    sign = {"create": "+", "change": "~", "delete": "-"}[change.action]
    if not context.output.as_json:
        part = f" {change.key}" if change.key and change.kind == "service" else ""
        context.output.text(f"{sign} {change.name}{part}")
