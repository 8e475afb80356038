"""Bindings: users who own all databases, or read or write in one, each with a password."""

from __future__ import annotations

from souk.blueprints import guests
from souk.blueprints.databases import databases
from souk.blueprints.mariadb.passwords import verifier
from souk.provisioning.contract import BindingRole, Credentials, Declined, Guest, Wanted

OWNER = "app"
"""The user whose the databases are to begin with."""

GRANT = "/usr/lib/souk/grant"
"""The program that makes users, changes them and takes them away."""

WITHIN = 120.0
_RESERVED = {OWNER, "root", "mysql", "public", "none", "current_user", "current_role"}


class UserBinder:
    """The binding's name is its user's. No customer makes users in MariaDB: whoever may, may be anybody there."""

    roles = tuple(BindingRole)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The user of a binding, signing in to the first database.

        Raises:
            Declined: the name is MariaDB's own, or the owner's.
        """
        if name in _RESERVED or name.startswith("souk_"):
            raise Declined(_("This name is reserved. Choose another one."))
        return Credentials(name, password, databases(wanted.parameters)[0])

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Have the user, with this password; its connections end. The clear password never enters the machine.

        Raises:
            Declined: there is no such database.
            ConfigurationFailed.
        """
        del wanted
        document = {
            "name": credentials.username,
            "verifier": verifier(credentials.password),
            "role": role,
            "database": credentials.database,
        }
        refusals = {"missing": _("The database is not there any more. Choose another one.")}
        guests.run(guest, GRANT, {**document, "timeout": WITHIN - 10}, timeout=WITHIN, refusals=refusals)

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """End the user's connections and drop it. The owner stays, and whoever made views and programs that run in
        their name: they only sign in no more.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        document = {"name": username, "owner": OWNER, "timeout": WITHIN - 10}
        guests.run(guest, GRANT, document, timeout=WITHIN)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
