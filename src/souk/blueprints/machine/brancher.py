"""Branches: a new machine that begins with another one's disk, copied on write."""

from __future__ import annotations

from souk.blueprints import guests
from souk.provisioning.contract import Guest, Wanted

_BRANCH = "/usr/lib/souk/branch"
_WITHIN = 60.0


class Branches:
    """The copy is its customer's as the other one is; what others know it by is made anew."""

    mark = "/etc/souk/branch"

    def prepare(self, guest: Guest, wanted: Wanted) -> bool:
        """Nothing to prepare: the engine has what was written be on the disk."""
        del guest, wanted
        return True

    def branch(self, guest: Guest, wanted: Wanted) -> None:
        """Make host key, name and ids anew, and let in nobody by the other service's list of keys.

        Raises:
            ConfigurationFailed.
        """
        document = {"host": wanted.hostname.partition(".")[0], "timeout": _WITHIN - 10}
        guests.run(guest, _BRANCH, document, timeout=_WITHIN)
