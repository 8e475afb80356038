"""Highly available services on the in-memory engine: members that choose a leader as real ones do.

What Souk relies on of Patroni is all that is here: a leader keeps leading until it is deposed or hands over, and none
is chosen whose machine does not run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest import mock
from uuid import UUID

from tests.support.example import EXAMPLE, Example, ExampleBinder

from souk.engines.contract import MachineStatus
from souk.engines.memory import MemoryEngine
from souk.provisioning import registry
from souk.provisioning.contract import ConfigurationFailed, Credentials, Guest, MemberState, ServerCertificate, Wanted
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

    def front(self, guest: Guest, wanted: Wanted) -> None:
        guest.execute(["/usr/lib/souk/front"])

    def state(self, guest: Guest, wanted: Wanted) -> Sequence[MemberState]:
        guest.execute(["/usr/lib/souk/ensemble"])
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
    """As much of `Succession` as services on several machines need: what each member says that it is."""

    def __init__(self) -> None:
        self.version = "17.6"

    def release(self, guest: Guest, wanted: Wanted) -> str:
        guest.execute(["/usr/lib/souk/succession"])
        return self.version


class Together(Example):
    """The example, on several machines too."""

    def __init__(self, engine: MemoryEngine) -> None:
        super().__init__()
        self.members = Members(engine)
        self.high_availability = self.members
        self.succession = Version()  # type: ignore[assignment]
        self.holds_data = True

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        super().configure(guest, wanted, credentials, certificate)
        if wanted.ensemble is not None:
            self.members.configured[wanted.member] = tuple(wanted.confined)
            self.members.leaders.setdefault(wanted.instance, wanted.ensemble.first)


class Coordination(Example):
    """What stands for a site's etcd: it gives keys and takes them back."""

    key = COORDINATION
    prefix = "co"
    serves_neighbours = True

    def __init__(self) -> None:
        super().__init__()
        self.binder = ExampleBinder()


@contextmanager
def several_machines(engine: MemoryEngine) -> Iterator[Members]:
    """Inside the block the example can be ordered on several machines."""
    example = Together(engine)
    sold = {EXAMPLE.key: example, COORDINATION: Coordination()}
    with mock.patch.object(registry, "blueprints", return_value=sold):
        yield example.members
