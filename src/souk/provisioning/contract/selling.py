"""What a plan gives, and what the operator's starting catalogue says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GIB = 1024**3


@dataclass(frozen=True)
class Size:
    """How large a service is: whole processors, bytes of memory and of disk, for each of its `members`. `extra_disk` is
    the part of the disk that is beyond what its plan gives.

    More than one member is a highly available service: its data is on each of them.
    """

    vcpus: int
    memory: int
    disk: int
    members: int = 1
    extra_disk: int = 0

    @property
    def promised(self) -> Size:
        """What a site sets aside for it in all, the machine in front of the members included."""
        if self.members == 1:
            return self
        front = FRONT
        return Size(
            self.vcpus * self.members + front.vcpus,
            self.memory * self.members + front.memory,
            self.disk * self.members + front.disk,
        )


FRONT = Size(vcpus=1, memory=256 * 1024**2, disk=1024**3)
"""The machine in front of a highly available service's members, which has its address."""


@dataclass(frozen=True)
class StartingPlan:
    """A plan of the operator's starting catalogue. Prices are decimal strings in dirhams without tax."""

    key: str
    size: Size
    per_hour: str
    per_month: str


@dataclass(frozen=True)
class StartingOffering:
    """The offering that the operator starts with for a blueprint: texts by language, plans, prices.

    `tiers` prices consumption by meter, graduated: a list of {"up_to": units or None, "rate": dirhams a unit}.
    """

    slug: str
    category: str
    texts: Mapping[str, Mapping[str, str]]
    plans: Sequence[StartingPlan]
    tiers: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
