"""A server answers to its customer's own names, and gets certificates for them, by programs in its machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from souk.blueprints import guests
from souk.provisioning.contract import Certified, ConfigurationFailed, Guest, Wanted, WebNames

_NAMES = "/usr/lib/souk/web/names"
_WITHIN = 60.0
"""Seconds: the server may be asked to take its configuration anew."""


class WebDomains:
    """Names of web servers. The ACME client is Debian's library for it, on a timer of the machine's own."""

    most = 20

    def serve(self, guest: Guest, wanted: Wanted, names: WebNames) -> None:
        """Have the server answer to these names.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        guests.run(guest, _NAMES, {"serve": asdict(names), "timeout": _WITHIN - 10}, timeout=_WITHIN)

    def certified(self, guest: Guest, wanted: Wanted, again: Sequence[str] = ()) -> Sequence[Certified]:
        """What became of certificates.

        Raises:
            ConfigurationFailed: the machine does not tell.
        """
        del wanted
        told = guests.run(guest, _NAMES, {"again": list(again), "timeout": _WITHIN - 10}, timeout=_WITHIN)
        try:
            return [_certified(each) for each in told.get("names", [])]
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise ConfigurationFailed(f"the machine tells no certificates: {type(error).__name__}") from error


def _certified(told: Mapping[str, Any]) -> Certified:
    """What a machine tells is a stranger's word: held to kinds and lengths."""
    return Certified(
        name=str(told["name"])[:240],
        until=_moment(told["until"]),
        reason=str(told["reason"])[:40],
        trouble="".join(each for each in str(told["trouble"]) if each.isprintable())[:300],
        next_try=_moment(told["next"]),
    )


def _moment(told: float | None) -> datetime | None:
    return None if told is None else datetime.fromtimestamp(told, UTC)
