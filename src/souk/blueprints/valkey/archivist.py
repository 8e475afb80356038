"""Backups: restic in the machine keeps snapshots of the server, made for it while the server goes on."""

from __future__ import annotations

from collections.abc import Collection

from souk.blueprints.restic.archivist import Restic
from souk.blueprints.valkey import binder
from souk.provisioning.contract import Guest, Wanted


class Snapshots(Restic):
    """All keys of one instant, with their expiries, and the functions. Users are not among it: they are made anew. Of a
    service that keeps nothing, nothing is kept here either.
    """

    replaces_system = False

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        """Let nobody else sign in.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        binder.keep_only(guest, sorted(usernames))
