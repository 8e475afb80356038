"""How a machine is reached from outside of its site, and what it reaches there. No Django here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

SMTP = 25
"""The TCP port at which mail servers take mail from each other."""


class IPProtocol(StrEnum):
    """What a passage is for; any of all that IP carries."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"
    ANY = "any"


@dataclass(frozen=True)
class Passage:
    """What is let through: a protocol, from `first` to `last` of its ports (all, where there are none), to or from
    these IPv4 networks in CIDR notation, or everyone (None).
    """

    protocol: IPProtocol
    first: int | None = None
    last: int | None = None
    networks: tuple[str, ...] | None = None

    @property
    def mail(self) -> bool:
        """Whether it names the port for mail between servers, and no other."""
        return self.protocol == IPProtocol.TCP and self.first == self.last == SMTP


@dataclass(frozen=True)
class Exposure:
    """What passes between a machine, known by its `address` on the site's network, and the world.

    It is reached at its `public` address, from where it also sends, as far as `inward` lets through: nothing without
    one. `outward` is what it may begin; None is everything. Mail between servers (TCP port 25) leaves only by a passage
    of `outward` that names it, unless everything may.
    """

    address: str
    public: str = ""
    inward: tuple[Passage, ...] = ()
    outward: tuple[Passage, ...] | None = None

    @property
    def token(self) -> str:
        """Says shortly what is exposed, so that two can be compared."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]

    @property
    def closed(self) -> bool:
        """Whether this is what a machine has of which nobody ever said anything: not reached, and free to begin."""
        return not self.public and self.outward is None


def networks_of(passages: Sequence[Passage]) -> int:
    """How many networks passages name together."""
    return sum(len(each.networks or ()) for each in passages)
