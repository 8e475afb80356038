"""The machines of a highly available service, and where they agree on who leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Member:
    """One of the machines of a highly available service; `private` is its IPv4 in the network that they share."""

    name: str
    private: str


@dataclass(frozen=True)
class Coordinator:
    """Where the members agree on who leads: an etcd reached over TLS, whose user sees the keys below `prefix` alone.

    `address` is the server's IPv4, `host` the name in its certificate, which `authority` (a PEM text) signed.
    """

    host: str
    address: str
    port: int
    username: str
    prefix: str
    authority: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Ensemble:
    """The machines of a highly available service: its members, what is in front of them, where they agree on who leads.

    `first` is the name of the member whose data the others copy when the service begins. `secret` is what the members
    derive the passwords from that they know each other by.
    """

    members: Sequence[Member]
    front: Member
    first: str
    coordinator: Coordinator
    secret: str = field(repr=False)


@dataclass(frozen=True)
class MemberState:
    """A member as the others see it. `lag` is how many bytes of history it has still to take in; None if unknown."""

    name: str
    leads: bool
    running: bool
    synchronous: bool
    lag: int | None
    restart_pending: bool
