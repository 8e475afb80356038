"""DNS zones in a file: each is a zone file's text, and two texts are the same if they mean the same."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from souk.cli.stack.parts import Present, Service, Stack
from souk.client import Client, Refused


def told(client: Client, service: str) -> dict[str, str]:
    """What people wrote into a service's zones; nothing of one that answers for none."""
    try:
        found = client.list_zones(service)["zones"]
    except Refused as refused:
        if refused.type == "no-zones":
            return {}
        raise
    return {each["name"]: client.export_zone(service, each["ascii"], written=True)["text"] for each in found}


def agreed(client: Client, stack: Stack, present: Present) -> Stack:
    """The same stack, with the platform's own text of each zone that it means to be as it is.

    Raises:
        Refused.
    """
    services = dict(stack.services)
    for name, wanted in stack.services.items():
        there = present.services.get(name)
        if there is None or not wanted.get("zones"):
            continue
        now = there.service["zones"]
        same = {
            zone: now[zone] if zone in now and _means(client, there.id, zone, text) else text
            for zone, text in wanted["zones"].items()
        }
        services[name] = cast(Service, {**wanted, "zones": same})
    return replace(stack, services=services)


def write(client: Client, service: str, zone: str, text: str, *, new: bool) -> None:
    """Have a zone be what a text says, and nothing else that people wrote."""
    if new:
        client.add_zone(service, {"name": zone})
    client.import_zone(service, zone, {"text": text, "replace": True})


def _means(client: Client, service: str, zone: str, text: str) -> bool:
    found = client.compare_zone(service, zone, {"text": text, "replace": True})
    return not (found["added"] or found["changed"] or found["removed"] or found["wrong"])
