"""Bindings: each is a user that reads and writes the keys below a prefix of its own, and sees no others."""

from __future__ import annotations

from typing import Any

from souk.blueprints import guests
from souk.provisioning.contract import BindingRole, Credentials, Declined, Guest, Wanted

ROOT = "root"
_BIND = "/usr/lib/souk/bind"
_BIND_WITHIN = 60.0


class PrefixBinder:
    """The binding's name is its user's; the prefix is what its credentials call the database."""

    roles = (BindingRole.OWNER,)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The user and the prefix of a binding.

        Raises:
            Declined: the name is the administrator's.
        """
        del wanted
        if name == ROOT:
            raise Declined(_("This name is reserved. Choose another one."))
        return Credentials(name, password, f"/souk/{name}/")

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Let the user read and write its keys, with this password.

        Raises:
            ConfigurationFailed.
        """
        del role
        told = {"name": credentials.username, "prefix": credentials.database, "password": credentials.password}
        _bind(guest, wanted, told)

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """Delete the user with its keys.

        Raises:
            ConfigurationFailed.
        """
        _bind(guest, wanted, {"name": username, "prefix": f"/souk/{username}/"})


def _bind(guest: Guest, wanted: Wanted, document: dict[str, Any]) -> None:
    told = {**document, "hostname": wanted.hostname}
    guests.run(guest, _BIND, {**told, "timeout": _BIND_WITHIN - 10}, timeout=_BIND_WITHIN)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
