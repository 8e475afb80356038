"""Succession in memory: a machine that follows has what it copied, and whoever serves while another does is found out.

`tests/engine/postgresql/test_succession.py` holds the real one to the same order of calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from tests.support.example import Example

from souk.engines.contract import VERSION, MachineStatus
from souk.engines.memory import MemoryEngine
from souk.provisioning import registry
from souk.provisioning.contract import (
    ConfigurationFailed,
    Credentials,
    Guest,
    ServerCertificate,
    Wanted,
    Way,
)
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import resync

ALIAS = "souk/example"
"""The example's image."""


class Line:
    """The machines of services, by name: what each has, which of them serves, which followed another.

    `wrong` makes that step fail; `version` is what a machine says that it is, `size` what its data needs.
    """

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.rows: dict[str, list[int]] = {}
        self.serving: set[str] = set()
        self.follows: set[str] = set()
        self.led_by: dict[str, str] = {}
        self.wrong = ""
        self.version = "17.6"
        self.size = 0
        self._ways: dict[str, str] = {}

    def release(self, guest: Guest, wanted: Wanted) -> str:
        self._step("release", guest)
        return self.version

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        self._step("needed", guest)
        return self.size

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        self._ways[way.leader + way.password] = self._step("lead", guest)

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        name = self._step("follow", guest)
        assert name not in self.serving, "a machine in use"
        self.led_by[name] = self._ways[way.leader + way.password]
        self.follows.add(name)
        self.rows[name] = list(self.rows[self.led_by[name]])

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        self._step("draw_near", follower)
        self.rows[_name(leader)].append(len(self.rows[_name(leader)]))

    def hand_over(self, guest: Guest, wanted: Wanted) -> str:
        name = self._step("hand_over", guest)
        self.serving.discard(name)
        return str(len(self.rows[name]))

    def receive(self, guest: Guest, wanted: Wanted, end: str) -> None:
        name = self._step("receive", guest)
        self.rows[name] = list(self.rows[self.led_by[name]])
        assert len(self.rows[name]) == int(end)

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        self.serve(_name(guest))

    def serve(self, name: str) -> None:
        """Serve, alone: whoever wrote the same history beside it must have been stopped."""
        alike = {one for one in self.serving if self.led_by.get(one) == name or self.led_by.get(name) == one}
        for other in alike:
            machine = self._engine.machine(other)
            assert machine is None or machine.status != MachineStatus.RUNNING, "two machines serve at once"
        self.serving = self.serving - alike | {name}
        self.follows.discard(name)
        self.rows.setdefault(name, [])

    def begin_anew(self, guest: Guest) -> None:
        """What this machine has is a history of its own from now on."""
        self.led_by.pop(_name(guest), None)

    def _step(self, step: str, guest: Guest) -> str:
        guest.execute(["/usr/lib/souk/succession", step])
        if step == self.wrong:
            raise ConfigurationFailed(f"{step} fails")
        return _name(guest)


class Succeeding(Example):
    """The example, whose services go over to another machine."""

    def __init__(self, engine: MemoryEngine) -> None:
        super().__init__()
        self.line = Line(engine)
        self.succession = self.line
        self.holds_data = True

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        super().configure(guest, wanted, credentials, certificate)
        if not wanted.follows:
            self.line.serve(_name(guest))


def _name(guest: Any) -> str:
    return str(guest.name)


@contextmanager
def going_over(engine: MemoryEngine, others: Mapping[str, Example] | None = None) -> Iterator[Succeeding]:
    """Inside the block the example's services go over to other machines."""
    example = Succeeding(engine)
    with mock.patch.object(registry, "blueprints", return_value={example.key: example, **(others or {})}):
        yield example


def newer(place: Ground, folder: Path, version: str) -> None:
    """The operator builds a newer image of the example, and the worker sees it."""
    file = folder / f"{version}.image"
    file.write_text(version)
    place.engine.import_image(str(file), ALIAS, {VERSION: version})
    resync(place.engine)
