"""Bindings: who signs in to WordPress, as an administrator, an editor or a subscriber."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from souk.blueprints import guests
from souk.blueprints.web import people as web
from souk.blueprints.wordpress import parameters
from souk.provisioning.contract import BindingRole, Credentials, Declined, Guest, Wanted

_PERSON = "/usr/lib/souk/person"
_WITHIN = 60.0
ROLES: Mapping[BindingRole, str] = {
    BindingRole.OWNER: "administrator",
    BindingRole.WRITER: "editor",
    BindingRole.READER: "subscriber",
}
"""What WordPress calls them."""


class PressBinder:
    """The binding's name is the one under which somebody signs in."""

    roles: Sequence[BindingRole] = tuple(ROLES)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The credentials of somebody.

        Raises:
            Declined: the name is the first administrator's, or none that WordPress takes.
        """
        if name == parameters.complete(wanted.parameters)["admin"]:
            raise Declined(_("This is the name of the site's administrator. Choose another one."))
        return Credentials(web.clean(name), password)

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Let somebody sign in, in this role. An administrator may have the site's programs do anything, and brings
        files too.

        Raises:
            Declined: somebody has this name whom the site itself let in.
            ConfigurationFailed.
        """
        document = {"name": credentials.username, "password": credentials.password, "role": ROLES[role]}
        ask(guest, wanted, document)

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """Let somebody sign in no more; what they wrote is the administrator's.

        Raises:
            ConfigurationFailed.
        """
        ask(guest, wanted, {"name": username})


def ask(guest: Guest, wanted: Wanted, document: Mapping[str, Any]) -> None:
    """Have the machine change who signs in.

    Raises:
        Declined, ConfigurationFailed.
    """
    told = {"admin": parameters.complete(wanted.parameters)["admin"], "timeout": _WITHIN - 10, **document}
    guests.run(guest, _PERSON, told, timeout=_WITHIN, refusals={"taken": _TAKEN})


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


_TAKEN = _("Somebody of this name is in the site already. Choose another name.")
