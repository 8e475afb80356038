"""What there is to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from souk.client.models import OfferingOut

ADDRESS = "public_address"
KEPT = "x-kept"
"""Marks a parameter that is a list of databases, or of what its kind of service calls so: each is made and deleted by
itself.
"""
Catalogue = Callable[[str, str], OfferingOut]
"""An offering, by its market place and its name there."""


@dataclass(frozen=True)
class Change:
    """One thing to do: something is created, changed or deleted. `key` is the part of it, empty for the whole;
    `obstacle` says why it can't be done, and what to do instead.
    """

    action: Literal["create", "change", "delete"]
    kind: Literal["network", "service"]
    name: str
    key: str = ""
    before: Any = None
    after: Any = None
    obstacle: str = ""


@dataclass(frozen=True)
class Plan:
    """What there is to do, in its order, and by how much a month becomes dearer, by currency, without tax."""

    changes: list[Change]
    monthly: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def obstacles(self) -> list[Change]:
        """What can't be done."""
        return [change for change in self.changes if change.obstacle]
