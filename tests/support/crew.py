"""Highly available services on the in-memory engine: members that choose a leader as real ones do.

What Souk relies on of Patroni is all that is here: a leader keeps leading until it is deposed or hands over, and none
is chosen whose machine does not run. What each machine holds is a list of numbers, as its service acknowledged them:
whoever serves while another one with the same data could, or without what was acknowledged, is found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast
from unittest import mock
from uuid import UUID

from tests.support.example import EXAMPLE, Example, ExampleBinder

from souk.engines.contract import MachineStatus
from souk.engines.memory import MemoryEngine
from souk.provisioning import registry
from souk.provisioning.contract import (
    ConfigurationFailed,
    Credentials,
    Guest,
    MemberState,
    ServerCertificate,
    Succession,
    Wanted,
)
from souk.provisioning.coordination import COORDINATION


class Members:
    """`HighAvailability` in memory: `leaders` is who leads each service, `told` the dead that the living know of."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.leaders: dict[UUID, str] = {}
        self.told: list[str] = []
        self.restarts: list[str] = []
        self.admitted: dict[str, dict[str, str]] = {}
        self.configured: dict[str, tuple[str, ...]] = {}
        self.left: list[tuple[str, str]] = []
        self.rows: dict[str, list[int]] = {}
        self.alone: dict[UUID, str] = {}
        self.parted: set[str] = set()
        self.forgot: list[str] = []
        self.wrong = ""

    def front(self, guest: Guest, wanted: Wanted) -> None:
        guest.execute(["/usr/lib/souk/front"])

    def state(self, guest: Guest, wanted: Wanted) -> Sequence[MemberState]:
        guest.execute(["/usr/lib/souk/ensemble"])
        if _name(guest) not in self.configured or _name(guest) in self.parted:
            raise ConfigurationFailed("this machine is no member of anything")
        leader = self.leaders.get(wanted.instance, "")
        names = self._names(wanted)
        running = [name for name in names if self._runs(name)]
        synchronous = next((name for name in running if name != leader), "")
        return [
            MemberState(name, name == leader, name in running, name == synchronous, 0, False)
            for name in names
            if self._engine.machine(name) is not None
        ]

    def restart(self, guest: Guest, wanted: Wanted) -> None:
        self.restarts.append(wanted.member)

    def switch_over(self, guest: Guest, wanted: Wanted, to: str) -> None:
        if not self._runs(to):
            raise ConfigurationFailed(f"{to} does not run")
        self.leaders[wanted.instance] = to

    def admit(self, guest: Guest, wanted: Wanted, leaves: str = "") -> None:
        guest.execute(["/usr/lib/souk/admit"])
        self.admitted[wanted.member] = dict(wanted.confined)
        if leaves:
            self.left.append((wanted.member, leaves))

    def part(self, guest: Guest, wanted: Wanted) -> None:
        guest.execute(["/usr/lib/souk/parting"])
        name = _name(guest)
        if name in self.parted or name not in self.configured:
            return
        if self.wrong == "part" or self.leaders.get(wanted.instance) != name:
            raise ConfigurationFailed(f"{name} does not lead")
        assert [one for one in self._names(wanted) if self._runs(one)] == [name], "another one could take its place"
        del self.leaders[wanted.instance]
        self.parted.add(name)

    def forget(self, guest: Guest, wanted: Wanted) -> None:
        guest.execute(["/usr/lib/souk/parting"])
        assert self.alone[wanted.instance] == _name(guest), "it does not serve alone"
        self.forgot.append(_name(guest))

    def write(self, instance: UUID) -> None:
        """A client writes the next number: it is on the machine that serves, and on every member that runs."""
        serves = self.leaders.get(instance) or self.alone[instance]
        number = len(self.rows[serves])
        label = serves.rpartition("-")[0]
        for name in self.rows:
            if name == serves or (instance in self.leaders and name.startswith(label) and self._runs(name)):
                self.rows[name].append(number)

    def configure(self, guest: Guest, wanted: Wanted) -> None:
        """Serve alone, or as one of several: the first that leads begins with what it has."""
        name, instance = _name(guest), wanted.instance
        if wanted.ensemble is None:
            self._serve_alone(name, instance, wanted)
            return
        self.configured[name] = tuple(wanted.confined)
        leader = self.leaders.setdefault(instance, wanted.ensemble.first)
        if leader == name:
            self.parted.discard(name)
            self.rows.setdefault(name, [])
            self.alone.pop(instance, None)
        else:
            self.rows[name] = list(self.rows.get(leader, []))

    def _serve_alone(self, name: str, instance: UUID, wanted: Wanted) -> None:
        assert self.leaders.get(instance) != name, "it is a member still"
        self.rows.setdefault(name, [])
        before = self.leaders.get(instance) or self.alone.get(instance)
        if before in (None, name) or not self._runs(str(before)) or before in self.parted:
            self.alone[instance] = name
        self.parted.discard(name)
        self.configured.pop(name, None)

    def depose(self, guest: Guest, wanted: Wanted, dead: str) -> bool:
        guest.execute(["/usr/lib/souk/ensemble"])
        assert not self._runs(dead), "whoever runs may not be deposed"
        if self.leaders.get(wanted.instance) != dead:
            return False
        self.told.append(dead)
        self.leaders[wanted.instance] = next(name for name in self._names(wanted) if self._runs(name))
        return True

    def _runs(self, name: str) -> bool:
        machine = self._engine.machine(name)
        return machine is not None and machine.status == MachineStatus.RUNNING

    def _names(self, wanted: Wanted) -> list[str]:
        assert wanted.ensemble is not None
        return [member.name for member in wanted.ensemble.members]


class Version:
    """As much of `Succession` as services on several machines need: what each member says that it is, and how many
    bytes its data needs.
    """

    def __init__(self) -> None:
        self.version = "17.6"
        self.size = 0

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        return self.size

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        guest.execute(["/usr/lib/souk/succession"])

    def release(self, guest: Guest, wanted: Wanted) -> str:
        guest.execute(["/usr/lib/souk/succession"])
        return self.version


class Together(Example):
    """The example, on several machines too."""

    def __init__(self, engine: MemoryEngine) -> None:
        super().__init__()
        self.members = Members(engine)
        self.high_availability = self.members
        self.succession = cast(Succession, Version())
        self.holds_data = True

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        super().configure(guest, wanted, credentials, certificate)
        self.members.configure(guest, wanted)


class Coordination(Example):
    """What stands for a site's etcd: it gives keys and takes them back."""

    key = COORDINATION
    prefix = "co"
    serves_neighbours = True

    def __init__(self) -> None:
        super().__init__()
        self.binder = ExampleBinder()


def _name(guest: Any) -> str:
    return str(guest.name)


@contextmanager
def several_machines(
    engine: MemoryEngine, example: Together | None = None, others: Mapping[str, Example] | None = None
) -> Iterator[Members]:
    """Inside the block the example can be ordered on several machines."""
    example = example or Together(engine)
    sold = {EXAMPLE.key: example, COORDINATION: Coordination(), **(others or {})}
    with mock.patch.object(registry, "blueprints", return_value=sold):
        yield example.members
