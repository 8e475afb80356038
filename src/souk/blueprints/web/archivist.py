"""Backups: restic in the machine keeps the site's files, its releases and its repository."""

from __future__ import annotations

from collections.abc import Collection

from souk.blueprints import guests
from souk.blueprints.restic.archivist import Restic
from souk.provisioning.contract import Guest, Wanted

_PERSON = "/usr/lib/souk/person"
_WITHIN = 120.0


class Files(Restic):
    """What the customer brought and the site's programs wrote. Passwords are not among it: they are made anew."""

    replaces_system = False

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        """Let in nobody else.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        guests.run(guest, _PERSON, {"keep": sorted(usernames), "timeout": _WITHIN - 10}, timeout=_WITHIN)
