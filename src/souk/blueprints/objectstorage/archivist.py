"""Backups: restic in the machine keeps the server's volumes and the list of what is in them."""

from __future__ import annotations

from collections.abc import Collection

from souk.blueprints import guests
from souk.blueprints.restic.archivist import Restic
from souk.provisioning.contract import Guest, Wanted

_BIND = "/usr/lib/souk/bind"
_WITHIN = 120.0


class Volumes(Restic):
    """All objects with their versions, and the buckets' rules, while the server goes on. Keys are not among them: they
    are made anew.
    """

    replaces_system = False

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        """Let no other key open anything.

        Raises:
            ConfigurationFailed.
        """
        document = {
            "address": wanted.address,
            "hostname": wanted.hostname,
            "keep": sorted(usernames),
            "timeout": _WITHIN - 10,
        }
        guests.run(guest, _BIND, document, timeout=_WITHIN)
