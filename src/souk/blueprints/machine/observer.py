"""What a machine tells of itself: its journal, and which updates wait. All else is counted from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from souk.blueprints import guests, journals
from souk.blueprints.machine import probing
from souk.kernel import clock
from souk.provisioning.contract import (
    ConfigurationFailed,
    Credentials,
    Guest,
    LogPart,
    Look,
    Metric,
    OnlyLooks,
    Panel,
    PendingUpdates,
    Severity,
    Wanted,
)

_UPDATES = "/usr/lib/souk/updates"
_TELL_WITHIN = 90.0
_MOST_UPDATES = 100_000
_LONGEST_LINE = 4_000
_FIELDS = ("--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER",)


class JournalAndUpdates(OnlyLooks):
    """Its customer is root in it, so that nothing it says is taken for more than words."""

    metrics: Sequence[Metric] = ()
    panels: Sequence[Panel] = ()

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Whether the SSH server names itself."""
        del credentials, authority
        return Look(probing.probe(wanted))

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart:
        """The machine's whole journal.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return journals.read(guest, _FIELDS, after, most, _described)

    def pending(self, guest: Guest, wanted: Wanted) -> PendingUpdates:
        """What apt in the machine would install, and when unattended-upgrades last did.

        Raises:
            ConfigurationFailed: the machine is older than this, apt fails, or what it says makes no sense.
        """
        del wanted
        told = guests.run(guest, _UPDATES, {"timeout": _TELL_WITHIN - 5}, timeout=_TELL_WITHIN)
        try:
            security, others = int(told["security"]), int(told["others"])
            if not (0 <= security <= _MOST_UPDATES and 0 <= others <= _MOST_UPDATES):
                raise ValueError
            return PendingUpdates(
                security, others, bool(told["restart"]), _instant(told["asked"]), _instant(told["installed"])
            )
        except (KeyError, TypeError, ValueError, OverflowError):
            raise ConfigurationFailed("it does not tell which updates wait") from None


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else min(datetime.fromtimestamp(seconds, UTC), clock.now())


def _described(entry: Mapping[str, Any], text: str) -> tuple[Severity, str]:
    who = str(entry.get("SYSLOG_IDENTIFIER") or "")[:60]
    return journals.gravity(entry), (f"{who}: {text}" if who else text)[:_LONGEST_LINE]
