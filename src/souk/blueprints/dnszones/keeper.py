"""Zones, as the platform has them, in the machine that serves them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from souk.blueprints import guests
from souk.blueprints.dnszones import sizing
from souk.provisioning.contract import (
    ConfigurationFailed,
    Guest,
    RestoredZones,
    Size,
    Wanted,
    ZoneHeld,
    ZoneRoom,
    ZoneServed,
    ZoneText,
)

_ZONES = "/usr/lib/souk/zones"
_WITHIN = 180.0


class Zones:
    """Each text goes there once; the server makes serials and signatures."""

    def room(self, size: Size) -> ZoneRoom:
        """How many zones and records a service of this size may have."""
        return sizing.room(size)

    def serve(self, guest: Guest, wanted: Wanted, zones: Mapping[str, ZoneText]) -> Mapping[str, ZoneServed]:
        """Serve these and no others. Texts are sent of those that the machine does not have.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        named = {name: {"token": zone.token, "signed": zone.signed} for name, zone in zones.items()}
        told = _tell(guest, do="serve", zones=named, texts={})
        if missing := told.get("missing"):
            texts = {name: zones[name].text() for name in missing if name in zones}
            told = _tell(guest, do="serve", zones=named, texts=texts)
        try:
            return {
                name: ZoneServed(int(each["serial"]), [str(one)[:200] for one in each["ds"]])
                for name, each in told["zones"].items()
                if name in zones
            }
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ConfigurationFailed("the machine does not tell which zones it serves") from None

    def restored(self, guest: Guest, wanted: Wanted) -> RestoredZones | None:
        """What a machine that was restored holds, until it is told what to serve.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        told = _tell(guest, do="held")
        if not told.get("restored"):
            return None
        try:
            zones = {
                str(name): ZoneHeld(str(each["text"]), bool(each["signed"])) for name, each in told["zones"].items()
            }
        except (KeyError, TypeError, AttributeError):
            raise ConfigurationFailed("the machine does not tell which zones it has") from None
        return RestoredZones(str(told["restored"])[:64], zones)


def _tell(guest: Guest, **document: Any) -> dict[str, Any]:
    return guests.run(guest, _ZONES, {**document, "timeout": _WITHIN - 10}, timeout=_WITHIN)
