"""Which host a machine stands on: one with room, apart from the machines that do the same as it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


@dataclass(frozen=True)
class Room:
    """Whole processors, and bytes of memory and of disk."""

    vcpus: int
    memory: int
    disk: int

    def minus(self, other: Room) -> Room:
        """What is left of it."""
        return Room(self.vcpus - other.vcpus, self.memory - other.memory, self.disk - other.disk)

    def holds(self, needed: Room) -> bool:
        """Whether there is as much: of what is not needed, nothing has to be there."""
        pairs = ((self.vcpus, needed.vcpus), (self.memory, needed.memory), (self.disk, needed.disk))
        return all(wanted <= 0 or wanted <= here for here, wanted in pairs)


NO_ROOM = Room(0, 0, 0)


@dataclass(frozen=True)
class Candidate:
    """A host on which a machine might stand. `usable` is one that is online, is reached and takes new machines; `total`
    what it may promise, `free` what it has not promised yet.
    """

    name: str
    power_domain: str
    usable: bool
    total: Room
    free: Room

    def without(self, taken: Room) -> Candidate:
        """The host once this much more of it is promised."""
        return Candidate(self.name, self.power_domain, self.usable, self.total, self.free.minus(taken))


class Spread(StrEnum):
    """What the machines of a service that do the same have apart from each other."""

    POWER_DOMAINS = "power_domains"
    HOSTS = "hosts"
    TOGETHER = "together"


def choose(hosts: Sequence[Candidate], needed: Room, beside: Sequence[str]) -> Candidate | None:
    """The host for a machine of this size whose likes stand on the hosts `beside` (one is named for each of them). None
    if none that is usable has room.

    One in a power domain of its own comes first, then one on a host of its own, then any; of several that are alike,
    the one that shares with fewest, then the one that has the most room left, then the first by name.
    """
    domains = {host.name: host.power_domain for host in hosts}
    fit = [host for host in hosts if host.usable and host.free.holds(needed)]
    return min(fit, key=lambda host: _rank(host, needed, beside, domains), default=None)


def _rank(
    host: Candidate, needed: Room, beside: Sequence[str], domains: Mapping[str, str]
) -> tuple[int, int, Fraction, str]:
    on_host = sum(name == host.name for name in beside)
    in_domain = sum(domains.get(name) == host.power_domain for name in beside)
    return on_host, in_domain, -_left(host, needed), host.name


def _left(host: Candidate, needed: Room) -> Fraction:
    """The share that is left of what is scarcest on it."""
    left = host.free.minus(needed)
    pairs = ((left.vcpus, host.total.vcpus), (left.memory, host.total.memory), (left.disk, host.total.disk))
    return min(Fraction(free, total) if total > 0 else Fraction(0) for free, total in pairs)


def spread(where: Sequence[str], domains: Mapping[str, str]) -> Spread | None:
    """How far machines on these hosts are apart, by the hosts' power domains; None for fewer than two, or while one
    stands nobody knows where.
    """
    if len(where) < 2 or any(name not in domains for name in where):
        return None
    if len({domains[name] for name in where}) == len(where):
        return Spread.POWER_DOMAINS
    return Spread.HOSTS if len(set(where)) == len(where) else Spread.TOGETHER
