"""PostgreSQL's major versions, and pg_upgrade, which brings data from one to another in the machine where it lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from souk.blueprints.postgresql import programs
from souk.provisioning.contract import (
    Converted,
    ExtensionRaised,
    Guest,
    Obstacle,
    Settled,
    Version,
    Wanted,
)

_POLICY = "https://www.postgresql.org/support/versioning/"
"""Five years from a version's first release; the day is that of its last one."""

VERSIONS = (
    Version("17", date(2029, 11, 8), _POLICY),
    Version("15", date(2027, 11, 11), _POLICY, together=False),
)
"""Those of the image, the newest first."""

_UPGRADE = "/usr/lib/souk/upgrade"
_HOUR = 3600.0


class PgUpgrade:
    """Files stay where they are; what is made anew is the catalogue of what is in them."""

    versions: Sequence[Version] = VERSIONS

    def environment(self, version: str) -> Mapping[str, str]:
        """What initdb reads."""
        return {"SOUK_VERSION": version}

    def convert(self, guest: Guest, wanted: Wanted, to: str) -> Converted:
        """Check, then convert.

        Raises:
            ConfigurationFailed: PostgreSQL does not stop, or this takes too long.
        """
        del wanted
        done = programs.run(guest, _UPGRADE, {"do": "convert", "to": to}, within=4 * _HOUR)
        obstacles = [Obstacle(str(each["text"]), list(each["list"])) for each in done["problems"]]
        return Converted(obstacles, _seconds(done))

    def settle(self, guest: Guest, wanted: Wanted, *, whole: bool) -> Settled:
        """Extensions, indexes that the new version's library may sort otherwise, statistics.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        done = programs.run(guest, _UPGRADE, {"do": "settle", "whole": whole}, within=4 * _HOUR)
        raised = [
            ExtensionRaised(each["database"], each["extension"], each["from"], each["to"])
            for each in done["extensions"]
        ]
        return Settled(raised, int(done["sorted"]), _seconds(done))


def _seconds(done: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(seconds) for name, seconds in done["seconds"].items()}
