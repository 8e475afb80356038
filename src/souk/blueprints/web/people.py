"""Bindings: who may bring files by SFTP and git, or only read them by SFTP."""

from __future__ import annotations

import re
from collections.abc import Sequence

from souk.blueprints import guests
from souk.provisioning.contract import BindingRole, Credentials, Declined, Guest, Wanted

OWNER = "site"
"""Who signs in with an instance's own credentials."""

_PERSON = "/usr/lib/souk/person"
_WITHIN = 60.0
_NAME = re.compile(r"[a-z][a-z0-9_]{0,26}")
_DEBIANS = frozenset(
    {
        *("root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www_data"),
        *("backup", "list", "irc", "nobody", "sshd", "messagebus", "mysql", "site", "git", "admin"),
    }
)
"""Names that Debian itself gives, or that would be taken for somebody else's."""


def clean(name: str) -> str:
    """A name under which somebody may sign in.

    Raises:
        Declined: the name is reserved, or no machine has a user of such a name.
    """
    if name in _DEBIANS:
        raise Declined(_("This name is reserved. Choose another one."))
    if not _NAME.fullmatch(name):
        raise Declined(_("A name has at most 27 lowercase letters, digits and underscores, and begins with a letter."))
    return name


class PeopleBinder:
    """The binding's name is the one under which somebody signs in."""

    roles: Sequence[BindingRole] = (BindingRole.WRITER, BindingRole.READER)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The credentials of somebody.

        Raises:
            Declined: the name is reserved, or no machine has a user of such a name.
        """
        del wanted
        return Credentials(clean(name), password)

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.WRITER
    ) -> None:
        """Let somebody in, to read or also to bring files.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        document = {
            "name": credentials.username,
            "password": credentials.password,
            "reads": role == BindingRole.READER,
            "timeout": _WITHIN - 10,
        }
        guests.run(guest, _PERSON, document, timeout=_WITHIN)

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """Let somebody in no more; what they brought stays.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        guests.run(guest, _PERSON, {"name": username, "timeout": _WITHIN - 10}, timeout=_WITHIN)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
