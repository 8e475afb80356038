"""What a project is made of, as a file says it and as the platform tells it: the same dicts, so that they compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

VERSION = 1
EVERYONE, PRIVATE, ANYTIME = "everyone", "private", "anytime"
GIB = 1024**3


class Allowed(TypedDict):
    """A network that may reach a service, and whose it is."""

    network: str
    note: str


class Credentials(TypedDict, total=False):
    """What a binding is good for; without `database`, the first one."""

    role: Literal["owner", "writer", "reader"]
    database: str


class Window(TypedDict):
    """When a service is maintained: from a full hour of a weekday (0 is Monday) on, for some hours."""

    weekday: int
    hour: int
    hours: int


class Passing(TypedDict):
    """A rule of what passes between a machine and the world; `networks` is None where it holds for everyone."""

    direction: str
    protocol: str
    ports: str
    networks: list[str] | None
    note: str


class Service(TypedDict, total=False):
    """A service. What a file leaves out stays as it is; of what exists, everything is told.

    `extra_disk` and `grow_to` are gibibytes, the latter of the whole disk; `access` is `everyone`, `private` or a list;
    `window` may be `anytime`; `alerts` are thresholds by rule, False where one is off. `firewall` is None of a kind of
    service that has no rules, `running` None of one that its operator keeps from running. `zones` are texts of zone
    files.
    """

    offering: str
    plan: str
    marketplace: str
    region: str
    parameters: dict[str, Any]
    extra_disk: int
    grow_to: int | None
    network: str | None
    public_address: bool
    access: str | list[Allowed]
    firewall: list[Passing] | None
    bindings: dict[str, Credentials]
    protected: bool
    window: str | Window
    names: list[str]
    zones: dict[str, str]
    alerts: dict[str, float | Literal[False]]
    running: bool | None


AS_IT_BEGINS: dict[str, Any] = {
    "parameters": {},
    "extra_disk": 0,
    "grow_to": None,
    "network": None,
    "public_address": False,
    "access": EVERYONE,
    "firewall": None,
    "bindings": {},
    "protected": False,
    "window": ANYTIME,
    "names": [],
    "zones": {},
    "running": True,
}
"""What a service has of which nothing was said. A firewall has rules from the beginning, which are always told."""


@dataclass(frozen=True)
class Stack:
    """A project as a file wants it; networks by name with their region. `where` is the place of a part in the file."""

    organization: str = ""
    project: str = ""
    networks: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    where: Mapping[tuple[str, ...], str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class There:
    """A service that exists: what it is, its id, the price that it was sold at, whether its creation is over, and which
    of its databases is the first: it can't be deleted.
    """

    service: Service
    id: str
    generation: int
    members: int
    price: Mapping[str, Any] = field(default_factory=dict)
    made: bool = field(default=True, compare=False)
    first: str = ""


@dataclass(frozen=True)
class Present:
    """A project as it is; `networks` by name with region and id, `former` the id of the last deleted service of a name,
    `occupied` the networks that a service is in, be it one that is deleted and could be recovered.
    """

    organization: str
    project: str
    project_name: str
    networks: Mapping[str, tuple[str, str]]
    services: Mapping[str, There]
    former: Mapping[str, str]
    occupied: frozenset[str] = frozenset()


def in_order(rules: list[Passing]) -> list[Passing]:
    """Rules as they compare: each once, since all of them let through, none before another."""
    once = {repr(sorted(rule.items())): rule for rule in rules}
    return sorted(once.values(), key=lambda each: repr([*each.values()]))
