"""A project as the platform tells it."""

from __future__ import annotations

from typing import Any, cast

from souk.cli.context import Context
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.stack import zones
from souk.cli.stack.parts import (
    ANYTIME,
    EVERYONE,
    GIB,
    PRIVATE,
    Allowed,
    Credentials,
    Passing,
    Present,
    Service,
    There,
    Window,
    in_order,
)
from souk.client import Client, Refused
from souk.client.models import ProjectRow, ServiceRow

GONE = {"soft_deleted", "deleting", "deleted"}
_FIRST = "default"
"""The binding that every service begins with: it is no part of a file."""


def present(context: Context, organization: str = "", project: str = "") -> Present:
    """What there is of a project: the one called so, else the first of the organization that is acted for.

    Raises:
        Stopped: there is no such organization or project, or two services of it have the same name.
    """
    client = context.client
    ours = _organization(context, organization)
    row = _project(client, ours, project)
    networks = {each["name"]: each for each in client.list_networks(organization=ours, project=row["id"])}
    services: dict[str, There] = {}
    former: dict[str, str] = {}
    names = {each["id"]: name for name, each in networks.items()}
    for service in client.list_services(organization=ours, project=row["id"], with_deleted=True):
        name = service["name"]
        if service["part_of"] is not None:
            # It comes and goes with its stack.
            continue
        if service["desired"] in GONE or service["state"] in GONE:
            former.setdefault(name, service["id"])
        elif name in services:
            raise Stopped(_("Two services are called “{name}”. Rename one of them first.").format(name=name))
        else:
            services[name] = _there(client, service, names)
    regions = {name: (each["region_code"], each["id"]) for name, each in networks.items()}
    occupied = frozenset(name for name, each in networks.items() if each["services"])
    return Present(ours, row["id"], row["name"], regions, services, former, occupied)


def _organization(context: Context, given: str) -> str:
    rows = context.client.list_organizations()
    wanted = given or context.profile.organization
    found = [row["id"] for row in rows if wanted in ("", row["id"], row["legal_name"], row["ice"])]
    if len(found) == 1:
        return found[0]
    if wanted:
        raise Stopped(_("“{name}” is not one of your organizations.").format(name=wanted))
    raise Stopped(_("Say which organization first: souk organizations use NAME"))


def _project(client: Client, organization: str, given: str) -> ProjectRow:
    rows = sorted(client.list_projects(organization), key=lambda row: row["id"])
    found = [row for row in rows if given in ("", row["id"], row["name"], row["slug"])]
    if not found:
        raise Stopped(_("There is no project “{name}”.").format(name=given))
    return found[0]


def _there(client: Client, row: ServiceRow, networks: dict[str, str]) -> There:
    sold = client.get_subscription(row["id"])
    attached = client.get_service_network(row["id"])
    window = client.get_window(row["id"])
    chosen: Window = {"weekday": window["weekday"], "hour": window["hour"], "hours": window["hours"]}
    rules = client.list_alerts(row["id"])["rules"]
    bindings = client.list_bindings(row["id"])
    first = next((each["database"] for each in bindings if each["name"] == _FIRST), "")
    service: Service = {
        "offering": sold["offering"],
        "plan": sold["plan_key"],
        "marketplace": sold["marketplace"],
        "region": row["region_code"],
        "parameters": row["parameters"],
        "extra_disk": row["extra_disk"] // GIB,
        "grow_to": None if row["grow_to"] is None else row["grow_to"] // GIB,
        "network": networks.get(attached["network_id"] or "") if attached["state"] != "detaching" else None,
        "public_address": client.get_service_address(row["id"])["state"] in ("attaching", "ready"),
        "access": PRIVATE if attached["only"] else _access(client, row["id"]),
        "firewall": _firewall(client, row["id"]),
        "bindings": {each["name"]: _binding(each) for each in bindings if each["name"] != _FIRST},
        "protected": row["protected"],
        "window": chosen if window["chosen"] else ANYTIME,
        "names": sorted(each["name"] for each in client.list_names(row["id"])),
        "zones": zones.told(client, row["id"]),
        "alerts": {rule["rule"]: rule["threshold"] if rule["enabled"] else False for rule in rules},
        "running": None if row["suspension"] else row["desired"] == "running",
    }
    made = row["ready_at"] is not None
    return There(service, row["id"], row["generation"], row["members"], sold["price"], made, first)


def _access(client: Client, service: str) -> str | list[Allowed]:
    listed = client.get_access(service)["networks"]
    if listed is None:
        return EVERYONE
    rows: list[Allowed] = [{"network": each["network"], "note": each["note"]} for each in listed]
    return sorted(rows, key=lambda each: each["network"])


def _firewall(client: Client, service: str) -> list[Passing] | None:
    try:
        found = client.get_firewall(service)["rules"]
    except Refused as refused:
        if refused.type == "no-firewall":
            return None
        raise
    return in_order([cast(Passing, {**each}) for each in found])


def _binding(row: Any) -> Credentials:
    return {"role": row["role"], "database": row["database"]}
