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


class Service(TypedDict, total=False):
    """A service. What a file leaves out stays as it is; of what exists, everything is told.

    `extra_disk` and `grow_to` are gibibytes, the latter of the whole disk; `access` is `everyone`, `private` or a list;
    `window` may be `anytime`; `alerts` are thresholds by rule, False where one is off.
    """

    offering: str
    plan: str
    marketplace: str
    region: str
    parameters: dict[str, Any]
    extra_disk: int
    grow_to: int | None
    network: str | None
    access: str | list[Allowed]
    bindings: dict[str, Credentials]
    protected: bool
    window: str | Window
    names: list[str]
    alerts: dict[str, float | Literal[False]]


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
    """A service that exists: what it is, its id, the price that it was sold at, and whether its creation is over."""

    service: Service
    id: str
    generation: int
    members: int
    price: Mapping[str, Any] = field(default_factory=dict)
    made: bool = field(default=True, compare=False)


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
