"""Services that lead to other ones of their project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from souk.provisioning.contract.serving import Credentials, Wanted


class MemberMode(StrEnum):
    """What a member takes of what comes: its share; nothing new, while what it has goes on; or nothing at all."""

    ACTIVE = "active"
    DRAINING = "draining"
    MAINTENANCE = "maintenance"


LISTENERS, POOLS = "listeners", "pools"
"""The parameters of a service that leads to others: lists of objects, told apart by their `port` and their `name`."""


@dataclass(frozen=True)
class PoolMember:
    """One that a pool leads to, at a port: a service of the project, by its name, or else an IPv4 address in its
    private network. Its share is by `weight`.
    """

    pool: str
    service: str
    address: str
    port: int
    weight: int
    mode: MemberMode

    @property
    def name(self) -> str:
        """What it is called in its pool, such as `shop:80`."""
        return f"{self.service or self.address}:{self.port}"


class MemberStanding(StrEnum):
    """How a member was seen: it answers, it does not, nobody asks it since it is in maintenance, or nobody knows yet;
    or there is no such service in the private network, so nothing leads to it.
    """

    UP = "up"
    DOWN = "down"
    RESTING = "resting"
    UNKNOWN = "unknown"
    ABSENT = "absent"


class CheckResult(StrEnum):
    """What the last check of a member found: an answer as expected; nobody at the port; nothing in time; no TLS, or not
    with a certificate that holds; another status than expected; something that is no answer; or nothing yet.
    """

    ANSWERED = "answered"
    REFUSED = "refused"
    SILENT = "silent"
    TLS = "tls"
    STATUS = "status"
    GARBAGE = "garbage"
    NONE = "none"


@dataclass(frozen=True)
class MemberSeen:
    """A member of a pool as it was seen, under its name there: how it stands `since`, and what the last check found,
    with the `status` that it was answered with if it was. Requests, or connections, that it was given, and those of
    them that failed, as far back as they are counted; and how many are under way.
    """

    pool: str
    name: str
    standing: MemberStanding
    since: datetime | None = None
    result: CheckResult = CheckResult.NONE
    status: int | None = None
    requests: int = 0
    failed: int = 0
    under_way: int = 0


class Balancer(Protocol):
    """What a blueprint adds whose services lead to other services of their project, in its private network."""

    def pools(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """What an instance's pools are called."""

    def members(self, parameters: Mapping[str, Any]) -> Sequence[PoolMember]:
        """To whom an instance with these parameters leads, pool by pool."""

    def having(self, parameters: Mapping[str, Any], members: Sequence[PoolMember]) -> dict[str, Any]:
        """The parameters that change so that an instance with these ones leads to these members, in this order."""

    def standing(self, wanted: Wanted, credentials: Credentials, authority: str) -> Sequence[MemberSeen]:
        """How its members are seen just now.

        Raises:
            ConfigurationFailed: it does not tell.
        """
