"""Further credentials and databases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from souk.provisioning.contract.serving import Credentials, Guest, Wanted

KEPT = "x-kept"
"""In a parameter's JSON Schema, as a market place tells it: that it lists what a service's keeper keeps, and what that
is called. Each of them is made and deleted by itself while the service runs.
"""


class BindingRole(StrEnum):
    """What credentials are good for: whatever the owner may do, reading and writing what is there, or reading it."""

    OWNER = "owner"
    WRITER = "writer"
    READER = "reader"


class Binder(Protocol):
    """What a blueprint adds whose services can have several named credentials. Every call is safe to repeat."""

    @property
    def roles(self) -> Collection[BindingRole]:
        """The roles that its credentials can have."""

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The credentials that a binding called `name` (lowercase letters, digits, underscores) gets."""

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Make these credentials work in this role; whatever they could do before, and whoever uses them with another
        password or in another role, ends.

        Raises:
            ConfigurationFailed.
        """

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """Make these credentials work no more, end the connections they opened; what they own stays the owner's.

        Raises:
            ConfigurationFailed.
        """


class Keeps(StrEnum):
    """What a service's databases are called by whoever uses them."""

    DATABASES = "databases"
    BUCKETS = "buckets"


class DatabaseKeeper(Protocol):
    """What a blueprint adds whose services hold several databases, or several of what is to its kind what a database is
    to PostgreSQL. Every call on a guest is safe to repeat.
    """

    @property
    def keeps(self) -> Keeps:
        """What they are called."""

    @property
    def most(self) -> int:
        """How many databases a service may have."""

    def allows(self, name: str) -> bool:
        """Whether a database may be called so."""

    def names(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The databases of an instance with these parameters; its first credentials sign in to the first of them."""

    def naming(self, parameters: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        """The same parameters, of an instance with these databases."""

    def create(self, guest: Guest, wanted: Wanted, name: str) -> None:
        """Have a database of this name; one that is there already is kept as it is.

        Raises:
            ConfigurationFailed.
        """

    def drop(self, guest: Guest, wanted: Wanted, name: str) -> None:
        """Delete a database with all that is in it, and end whatever uses it.

        Raises:
            ConfigurationFailed.
        """
