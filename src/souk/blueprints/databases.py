"""Services that keep several databases, which their parameters name in the order in which they were asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from souk.provisioning.contract import Keeps

FIRST = "app"
"""The database of those that asked for none."""


def databases(given: Mapping[str, Any]) -> list[str]:
    """The databases an instance has; the first is the one its credentials name."""
    return list(given.get("databases") or [FIRST])


class Named:
    """A base for keepers of databases: who names the `pattern` that is free to customers, and the `most` that there may
    be, makes and drops them.
    """

    keeps = Keeps.DATABASES
    pattern: ClassVar[str]
    most: int

    def allows(self, name: str) -> bool:
        """Whether a database may be called so: what the server itself uses is not free."""
        return re.search(self.pattern, name) is not None

    def names(self, given: Mapping[str, Any]) -> Sequence[str]:
        """The databases, in the order in which they were asked for."""
        return databases(given)

    def naming(self, given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        """The parameters of a service with these databases."""
        return {**given, "databases": list(names)}
