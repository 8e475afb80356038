"""Bindings: keys by which other name servers transfer all zones of a service."""

from __future__ import annotations

from collections.abc import Collection

from souk.blueprints import guests
from souk.blueprints.dnszones import naming
from souk.provisioning.contract import BindingRole, Credentials, Declined, Guest, Wanted

_KEY = "/usr/lib/souk/key"
_WITHIN = 60.0


class KeyBinder:
    """The binding's name is the key's. What a key opens can only be read."""

    roles: Collection[BindingRole] = (BindingRole.READER,)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The key of a binding.

        Raises:
            Declined: the name is the instance's own.
        """
        del wanted
        if name == naming.OWNER:
            raise Declined(_("This name is reserved. Choose another one."))
        return Credentials(name, password)

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Let the key transfer zones.

        Raises:
            ConfigurationFailed.
        """
        del wanted, role
        _tell(guest, name=credentials.username, secret=naming.secret(credentials.password))

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """Let the key transfer nothing any more.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _tell(guest, name=username)


def keep_only(guest: Guest, usernames: Collection[str]) -> None:
    """Let no keys but these transfer anything.

    Raises:
        ConfigurationFailed.
    """
    _tell(guest, keep=sorted(usernames))


def _tell(guest: Guest, **document: object) -> None:
    guests.run(guest, _KEY, {**document, "timeout": _WITHIN - 10}, timeout=_WITHIN)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
