"""Blueprints for an engine that isn't real: nothing is configured, and what would be probed is taken to be well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from souk.provisioning.contract import (
    Blueprint,
    ConfigurationFailed,
    Credentials,
    Ensemble,
    Guest,
    Health,
    HighAvailability,
    MemberState,
    RestoredZones,
    ServerCertificate,
    Size,
    Wanted,
    ZoneKeeper,
    ZoneRoom,
    ZoneServed,
    ZoneText,
)


class Simulated:
    """A blueprint whose machines exist on the in-memory engine only; the rest is the blueprint's own."""

    #: There is no data to lose, and a restart of the process forgets its machines.
    holds_data = False
    #: Nor anything to keep of it.
    archivist = None
    exporter = None
    #: Nor anything that another machine could copy.
    succession = None
    brancher = None
    snapshots = None
    #: And it tells nothing of itself.
    observer = None
    #: Not even what it is recognized by.
    identity = None
    beginner = None
    publisher = None
    #: A machine is made in no time.
    warmer = None

    def __init__(self, blueprint: Blueprint) -> None:
        self._blueprint = blueprint
        self.high_availability: HighAvailability | None = SimulatedMembers() if blueprint.high_availability else None
        self.zones: ZoneKeeper | None = SimulatedZones(blueprint.zones) if blueprint.zones else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blueprint, name)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """Nothing to configure; the guest is asked all the same, so that its failures can be simulated."""
        del wanted, credentials, certificate
        guest.execute(["true"])

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Well."""
        del wanted, credentials, authority
        return Health(True, "simulated")


class SimulatedMembers:
    """Members that are all well: the first leads until another one is told to."""

    def __init__(self) -> None:
        self._leaders: dict[UUID, str] = {}

    def front(self, guest: Guest, wanted: Wanted) -> None:
        """Nothing to configure."""
        del wanted
        guest.execute(["true"])

    def state(self, guest: Guest, wanted: Wanted) -> Sequence[MemberState]:
        """All run; one that does not lead has all that was acknowledged."""
        guest.execute(["true"])
        names = [member.name for member in _ensemble(wanted).members]
        leader = self._leader(wanted)
        synchronous = next((name for name in names if name != leader), "")
        return [MemberState(name, name == leader, True, name == synchronous, 0, False) for name in names]

    def restart(self, guest: Guest, wanted: Wanted) -> None:
        """Nothing to restart."""
        del wanted
        guest.execute(["true"])

    def switch_over(self, guest: Guest, wanted: Wanted, to: str) -> None:
        """From now on `to` leads."""
        guest.execute(["true"])
        self._leaders[wanted.instance] = to

    def admit(self, guest: Guest, wanted: Wanted, leaves: str = "") -> None:
        """Nobody connects."""
        del wanted, leaves
        guest.execute(["true"])

    def depose(self, guest: Guest, wanted: Wanted, dead: str) -> bool:
        """Another one leads, if the dead one did."""
        guest.execute(["true"])
        if self._leader(wanted) != dead:
            return False
        self._leaders[wanted.instance] = next(one.name for one in _ensemble(wanted).members if one.name != dead)
        return True

    def part(self, guest: Guest, wanted: Wanted) -> None:
        """Nothing ends."""
        guest.execute(["true"])
        self._leaders.pop(wanted.instance, None)

    def forget(self, guest: Guest, wanted: Wanted) -> None:
        """Nothing was kept for the others."""
        del wanted
        guest.execute(["true"])

    def _leader(self, wanted: Wanted) -> str:
        return self._leaders.get(wanted.instance, _ensemble(wanted).first)


class SimulatedZones:
    """Zones that nobody can ask for; their texts are made all the same."""

    def __init__(self, keeper: ZoneKeeper) -> None:
        self._keeper = keeper
        self.texts: dict[str, str] = {}
        self._serial = 0

    def room(self, size: Size) -> ZoneRoom:
        """The blueprint's own."""
        return self._keeper.room(size)

    def serve(self, guest: Guest, wanted: Wanted, zones: Mapping[str, ZoneText]) -> Mapping[str, ZoneServed]:
        """Taken to be served, each with a serial of its own."""
        del wanted
        guest.execute(["true"])
        self.texts = {name: zone.text() for name, zone in zones.items()}
        self._serial += 1
        return {
            name: ZoneServed(self._serial, ["1 13 2 " + "0" * 64] if zone.signed else [])
            for name, zone in zones.items()
        }

    def restored(self, guest: Guest, wanted: Wanted) -> RestoredZones | None:
        """Nothing was."""
        del guest, wanted
        return None


def _ensemble(wanted: Wanted) -> Ensemble:
    if wanted.ensemble is None:
        raise ConfigurationFailed("this service has one machine")
    return wanted.ensemble
