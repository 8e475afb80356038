"""Branches: another service that begins with this one's disk as it is now, copied on write."""

from __future__ import annotations

from souk.blueprints import guests
from souk.blueprints.postgresql.binder import OWNER
from souk.provisioning.contract import Guest, Wanted

_BRANCH = "/usr/lib/souk/branch"
_WITHIN, _MARGIN = 600.0, 10.0
"""Seconds: a checkpoint writes what a busy server has changed, and a copy replays what it has written since."""


class Branches:
    """The disk of a running server is what a power cut would leave; PostgreSQL comes back from that."""

    mark = "/etc/souk/branch"

    def prepare(self, guest: Guest, wanted: Wanted) -> bool:
        """Write a checkpoint, so that the copy has little to replay; False where the image is older than copies are.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        try:
            guests.run(guest, _BRANCH, {"do": "prepare", "timeout": _WITHIN - _MARGIN}, timeout=_WITHIN)
        except guests.ProgramMissing:
            return False
        return True

    def branch(self, guest: Guest, wanted: Wanted) -> None:
        """Replay, shut out whoever signed in to the other service, forget its repository, its keys and its log.

        Raises:
            ConfigurationFailed: PostgreSQL does not come back from the copy.
        """
        del wanted
        guests.run(guest, _BRANCH, {"do": "begin", "owner": OWNER, "timeout": _WITHIN - _MARGIN}, timeout=_WITHIN)
