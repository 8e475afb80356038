"""Bindings: who may see what the load balancer tells of itself."""

from __future__ import annotations

from collections.abc import Sequence

from souk.blueprints import guests
from souk.provisioning.contract import BindingRole, Credentials, Declined, Guest, Wanted

OWNER = "statistics"
"""Who signs in with an instance's own credentials."""

_PERSON = "/usr/lib/souk/person"
_WITHIN = 60.0


class PeopleBinder:
    """The binding's name is the one under which somebody signs in."""

    roles: Sequence[BindingRole] = (BindingRole.READER,)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The credentials of somebody.

        Raises:
            Declined: the name is the first credentials'.
        """
        del wanted
        if name == OWNER:
            raise Declined(_("This name is reserved. Choose another one."))
        return Credentials(name, password)

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.READER
    ) -> None:
        """Let somebody in.

        Raises:
            ConfigurationFailed.
        """
        del wanted, role
        _tell(guest, credentials.username, credentials.password)

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """Let somebody in no more.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _tell(guest, username, "")


def _tell(guest: Guest, name: str, password: str) -> None:
    guests.run(guest, _PERSON, {"name": name, "password": password, "timeout": _WITHIN - 10}, timeout=_WITHIN)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
