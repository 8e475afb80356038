"""Bindings: login roles that act as the databases' owner, or read or write in one database, each with a password."""

from __future__ import annotations

import os

from souk.blueprints.databases import databases
from souk.blueprints.postgresql import programs, scram
from souk.blueprints.postgresql.ensembles import RESERVED
from souk.provisioning.contract import BindingRole, Credentials, Declined, Guest, Wanted

OWNER = "app"
"""The role that owns the customer's databases."""

GRANT = "/usr/lib/souk/grant"
"""The program that makes roles, changes them and takes them away."""

_BEFORE_ROLES = "/usr/lib/souk/bind"
"""What images had before bindings had roles: it makes and ends an owner's."""
_WITHIN = 120.0
_RESERVED = {OWNER, "postgres", "public", "none"}


class RoleBinder:
    """The binding's name is its role's. What it makes belongs to the owner, so that it stays when the binding goes.

    An owner acts in every database. A writer and a reader can connect to theirs only, and find there what the owner
    made and makes; they make nothing.
    """

    roles = tuple(BindingRole)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The role of a binding, signing in to the first database.

        Raises:
            Declined: the name is PostgreSQL's own, or the owner's.
        """
        if name in _RESERVED or name.startswith(("pg_", RESERVED)):
            raise Declined(_("This name is reserved. Choose another one."))
        return Credentials(name, password, databases(wanted.parameters)[0])

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Have the role, with this password; its connections end. The clear password never enters the machine.

        Raises:
            Declined: the customer has made a role of this name, or there is no such database.
            ConfigurationFailed.
        """
        del wanted
        document = {
            "name": credentials.username,
            "owner": OWNER,
            "verifier": scram.scram_verifier(credentials.password, os.urandom(scram.SALT_BYTES)),
            "role": role,
            "database": credentials.database,
        }
        _bind(guest, document)

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """End the role's connections and drop it; what it owns becomes the owner's. The owner itself stays, and only
        signs in no more: others act as it.

        Raises:
            Declined: it is a role that the customer has made.
            ConfigurationFailed.
        """
        del wanted
        _bind(guest, {"name": username, "owner": OWNER})


def _bind(guest: Guest, document: dict[str, str]) -> None:
    refusals = {
        "taken": _("A user of this name exists in the database already. Choose another name."),
        "missing": _("The database is not there any more. Choose another one."),
    }
    try:
        programs.run(guest, GRANT, document, within=_WITHIN, refusals=refusals)
    except programs.TooOld:
        if (document["name"] == OWNER and "verifier" in document) or document.get("role", BindingRole.OWNER) != "owner":
            raise
        programs.run(guest, _BEFORE_ROLES, document, within=_WITHIN, refusals=refusals)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
