"""Releases and the staging copy of a site: asked for in its machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from souk.blueprints import guests
from souk.kernel import clock
from souk.provisioning.contract import ConfigurationFailed, Guest, Published, Release, Source, Wanted

_RELEASE = "/usr/lib/souk/release"
_WITHIN, _COPIED_WITHIN = 30.0, 1800.0
_MOST, _LONGEST = 50, 200


class Releases:
    """Each is a folder of the site's; which of them is live is where one link leads."""

    def published(self, guest: Guest, wanted: Wanted) -> Published:
        """The newest first. What the machine says is a stranger's: no more is taken than what fits.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        told = guests.run(guest, _RELEASE, {"do": "show", "timeout": _WITHIN - 5}, timeout=_WITHIN)
        try:
            releases = [_release(each) for each in list(told["releases"])[-_MOST:]]
            staged = told["staged"]
            return Published(releases[::-1], None if staged is None else _instant(staged))
        except (KeyError, TypeError, ValueError, OverflowError):
            raise ConfigurationFailed("the machine does not tell what is published") from None

    def take(self, guest: Guest, wanted: Wanted, number: int) -> None:
        """Have a release be the live one, at one instant.

        Raises:
            Declined, ConfigurationFailed.
        """
        del wanted
        _asked(guest, {"do": "take", "number": number}, _WITHIN)

    def stage(self, guest: Guest, wanted: Wanted, key: str) -> None:
        """Copy the live site with its data; the copy takes the place of the one before at one instant.

        Raises:
            Declined, ConfigurationFailed.
        """
        del wanted
        _asked(guest, {"do": "stage", "key": key}, _COPIED_WITHIN)

    def publish(self, guest: Guest, wanted: Wanted, key: str) -> None:
        """Make a release of the staging copy, without the data that it has of its own.

        Raises:
            Declined, ConfigurationFailed.
        """
        del wanted
        _asked(guest, {"do": "publish", "key": key}, _COPIED_WITHIN)


def _asked(guest: Guest, document: Mapping[str, Any], within: float) -> None:
    guests.run(guest, _RELEASE, {**document, "timeout": within - 10}, timeout=within, refusals=_REFUSALS)


def _release(told: Mapping[str, Any]) -> Release:
    return Release(
        number=int(told["number"]),
        made_at=_instant(told["at"]),
        source=Source(told["source"]),
        by=_shown(told["by"], 60),
        note=_shown(told["note"], _LONGEST),
        live=bool(told["live"]),
    )


def _instant(seconds: float) -> datetime:
    """Nothing was made in the future."""
    return min(datetime.fromtimestamp(float(seconds), UTC), clock.now())


def _shown(text: object, most: int) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in str(text)[:most])


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


_REFUSALS = {
    "gone": _("This release is not there any more. The last five are kept."),
    "unstaged": _("There is no staging copy to publish. Make one first."),
    "outside": _("The staging copy has a link that leads out of the site. Remove it, and publish again."),
    "room": _("The disk has not enough room for this. Delete files, or choose a larger plan."),
    "unreadable": _("The files can't be copied."),
}
