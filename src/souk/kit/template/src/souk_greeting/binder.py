"""Bindings: each is a user of the page."""

from __future__ import annotations

from souk.blueprints import guests
from souk.provisioning.contract import BindingRole, Credentials, Guest, Wanted

_BIND = "/usr/lib/souk/bind"
_BIND_WITHIN = 30.0


class UserBinder:
    """The binding's name is its user's."""

    roles = (BindingRole.READER,)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The credentials of a binding."""
        del wanted
        return Credentials(name, password)

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Let the user in, with this password.

        Raises:
            ConfigurationFailed.
        """
        del wanted, role
        user = {"name": credentials.username, "password": credentials.password}
        guests.run(guest, _BIND, {"user": user}, timeout=_BIND_WITHIN)

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """Let the user in no more.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        guests.run(guest, _BIND, {"user": {"name": username, "password": ""}}, timeout=_BIND_WITHIN)
