"""Backups: restic in the machine keeps its zones and the keys that sign them."""

from __future__ import annotations

from collections.abc import Collection

from souk.blueprints.dnszones import binder
from souk.blueprints.restic.archivist import Restic
from souk.provisioning.contract import Guest, Wanted


class ZonesAndKeys(Restic):
    """Keys by which others transfer zones are not among it: they are made anew."""

    replaces_system = False

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        """Let nobody else transfer zones.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        binder.keep_only(guest, usernames)
