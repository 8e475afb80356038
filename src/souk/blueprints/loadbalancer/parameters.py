"""What a customer chooses, as a JSON Schema. Titles and descriptions are message ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from souk.blueprints.loadbalancer import choices
from souk.provisioning.contract import CHANGEABLE, LISTENERS, POOLS, MemberMode, PoolMember, Unfit

STATISTICS_PORT = 8404
"""Where the balancer tells of itself."""

MOST_POOLS, MOST_LISTENERS, MOST_MEMBERS = 20, 20, 50

OWN_PORTS = {22, STATISTICS_PORT}
"""Ports that are not its customer's to listen at."""

WEB = ("https", "http")
"""Protocols of listeners that understand what is asked for."""


def parameters_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an instance's parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            LISTENERS: {
                "title": _("Listeners"),
                "description": _("Where it is reached, and which pool each leads to."),
                "type": "array",
                "items": choices.listener(),
                "maxItems": MOST_LISTENERS,
                "default": [
                    {"port": 443, "protocol": "https", "pool": "web"},
                    {"port": 80, "protocol": "redirect", "pool": ""},
                ],
                CHANGEABLE: True,
            },
            POOLS: {
                "title": _("Pools"),
                "description": _("To whom it leads: services of the project, or addresses in its private network."),
                "type": "array",
                "items": choices.pool(MOST_MEMBERS),
                "maxItems": MOST_POOLS,
                "default": [{"name": "web", "protocol": "http", "members": []}],
                CHANGEABLE: True,
            },
        },
        "examples": [
            {},
            {
                LISTENERS: [
                    {"port": 443, "protocol": "https", "pool": "web", "routes": ["api.example.ma api"]},
                    {"port": 80, "protocol": "http", "pool": "web", "rate": 500},
                    {"port": 5432, "protocol": "tcp", "pool": "data"},
                ],
                POOLS: [
                    {"name": "web", "protocol": "http", "sticky": True, "check_path": "/"},
                    {"name": "api", "protocol": "http", "algorithm": "leastconn"},
                    {"name": "data", "protocol": "tcp", "proxy_protocol": True},
                ],
            },
        ],
    }


def complete(given: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The parameters, with what holds where nothing was chosen, at every depth."""
    rules = parameters_schema()["properties"]
    return {
        name: [_filled(each, rule["items"]) for each in given.get(name, rule["default"])]
        for name, rule in rules.items()
    }


def _filled(given: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    held = {name: each["default"] for name, each in rule["properties"].items() if "default" in each}
    filled = {**held, **given}
    if "members" in rule["properties"]:
        filled["members"] = [_filled(each, rule["properties"]["members"]["items"]) for each in filled["members"]]
    return filled


def check(given: Mapping[str, Any]) -> None:
    """Look at what the schema can't say.

    Raises:
        Unfit.
    """
    whole = complete(given)
    pools = {each["name"]: each["protocol"] for each in whole[POOLS]}
    if len(pools) < len(whole[POOLS]):
        raise Unfit(POOLS, _("Two pools have the same name."))
    ports = [each["port"] for each in whole[LISTENERS]]
    if len(set(ports)) < len(ports):
        raise Unfit(LISTENERS, _("Two listeners have the same port."))
    for listener in whole[LISTENERS]:
        _check_listener(listener, pools)
    for pool in whole[POOLS]:
        _check_pool(pool)


def _check_listener(listener: Mapping[str, Any], pools: Mapping[str, str]) -> None:
    if listener["port"] in OWN_PORTS:
        raise Unfit(LISTENERS, _("Port {port} is the platform's own. Choose another one."), port=listener["port"])
    for pool in {listener["pool"], *(pool for _name, pool in routes(listener))} - {""}:
        if pool not in pools:
            raise Unfit(LISTENERS, _("There is no pool “{pool}”."), pool=pool)
        if (listener["protocol"] in WEB) != (pools[pool] == "http") and listener["protocol"] != "redirect":
            said = _("The listener at port {port} and the pool “{pool}” must both speak HTTP, or neither.")
            raise Unfit(LISTENERS, said, port=listener["port"], pool=pool)
    names = [name for name, _pool in routes(listener)]
    if len(set(names)) < len(names):
        raise Unfit(LISTENERS, _("A name leads to two pools at port {port}."), port=listener["port"])
    if listener["protocol"] == "tcp" and (names or not listener["pool"]):
        raise Unfit(LISTENERS, _("A listener for TCP leads to one pool: it sees no names."))


def _check_pool(pool: Mapping[str, Any]) -> None:
    keys = [(each["service"], each["address"], each["port"]) for each in pool["members"]]
    if len(set(keys)) < len(keys):
        raise Unfit(POOLS, _("A member is twice in the pool “{pool}”."), pool=pool["name"])
    for service, address, _port in keys:
        if bool(service) == bool(address):
            raise Unfit(POOLS, _("A member is a service or an address, and not both."))
    if pool["sticky"] and pool["protocol"] != "http":
        raise Unfit(POOLS, _("A cookie needs HTTP: the pool “{pool}” is of TCP."), pool=pool["name"])


def routes(listener: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names that are asked for, and the pool that each leads to."""
    pairs = (line.split() for line in listener["routes"])
    return [(name.lower(), pool) for name, pool in pairs]


def pool_members(given: Mapping[str, Any]) -> Iterator[PoolMember]:
    """All members, pool by pool."""
    for pool in complete(given)[POOLS]:
        for each in pool["members"]:
            yield member(pool["name"], each)


def member(pool: str, each: Mapping[str, Any]) -> PoolMember:
    """A member as it is written down."""
    mode = MemberMode(each["mode"])
    return PoolMember(pool, each["service"], each["address"], each["port"], each["weight"], mode)


def having(given: Mapping[str, Any], members: Sequence[PoolMember]) -> dict[str, Any]:
    """Only the pools change; what was not said of them still is not."""
    pools = given.get(POOLS, parameters_schema()["properties"][POOLS]["default"])
    return {
        POOLS: [
            {**pool, "members": [_written(each) for each in members if each.pool == pool["name"]]} for pool in pools
        ]
    }


def _written(each: PoolMember) -> dict[str, Any]:
    who = {"service": each.service, "address": each.address}
    said: dict[str, Any] = {**{name: value for name, value in who.items() if value}, "port": each.port}
    if each.weight != choices.WEIGHT:
        said["weight"] = each.weight
    if each.mode != MemberMode.ACTIVE:
        said["mode"] = each.mode.value
    return said


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
