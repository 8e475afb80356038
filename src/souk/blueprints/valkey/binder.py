"""Bindings: users of the server's access control list, each with a password and what its role may do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from souk.blueprints import guests
from souk.provisioning.contract import BindingRole, Credentials, Declined, Guest, Wanted

OWNER = "app"
"""The first credentials' user."""

_BIND = "/usr/lib/souk/bind"
_WITHIN = 60.0
_RESERVED = {OWNER, "default"}

_OWN = "-@admin -@dangerous -cluster -sync +info +keys +sort +sort_ro +acl|whoami +lastsave +role"
"""Of what the server itself calls dangerous or an administrator's, what reaches no further than the data."""

RULES: Mapping[BindingRole, str] = {
    BindingRole.OWNER: f"~* &* +@all {_OWN} +flushall +flushdb +swapdb +restore +restore-asking +client|list "
    "+client|kill +slowlog +latency",
    BindingRole.WRITER: f"~* &* +@all {_OWN} -@scripting +eval +eval_ro +evalsha +evalsha_ro +fcall +fcall_ro "
    "+script|load +script|exists",
    BindingRole.READER: f"%R~* resetchannels &* -@all +@read +@connection +@transaction {_OWN} +subscribe +psubscribe "
    "+ssubscribe +unsubscribe +punsubscribe +sunsubscribe +pubsub +eval_ro +evalsha_ro +fcall_ro -sort",
}


def rules(role: BindingRole) -> str:
    """What is written of a role into the access control list, behind the password."""
    return RULES[role]


def digest(password: str) -> str:
    """How the server recognizes a password. One that is random needs no salt, and is not guessed from it."""
    return hashlib.sha256(password.encode()).hexdigest()


class UserBinder:
    """The binding's name is its user's. The clear password never enters the machine."""

    roles: Sequence[BindingRole] = tuple(BindingRole)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The user of a binding.

        Raises:
            Declined: the name is the owner's, or the server's own.
        """
        del wanted
        if name in _RESERVED or name.startswith("souk"):
            raise Declined(_("This name is reserved. Choose another one."))
        return Credentials(name, password)

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Have the user, with this password and role; its connections end.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        told = f"on #{digest(credentials.password)} {rules(role)}"
        _ask(guest, {"name": credentials.username, "rules": told})

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """Let the user sign in no more; its connections end.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _ask(guest, {"name": username})


def keep_only(guest: Guest, usernames: Sequence[str]) -> None:
    """Let nobody in but these.

    Raises:
        ConfigurationFailed.
    """
    _ask(guest, {"keep": list(usernames)})


def _ask(guest: Guest, document: Mapping[str, object]) -> None:
    guests.run(guest, _BIND, {**document, "timeout": _WITHIN - 10}, timeout=_WITHIN)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
