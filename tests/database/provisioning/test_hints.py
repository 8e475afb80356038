"""Events of the engine: what should run and ended is visited at once; all else is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support import reconciling
from tests.support.reconciling import order, work
from tests.support.world import customer

from souk.engines.contract import Event
from souk.engines.memory import MemoryEngine
from souk.provisioning import commands
from souk.provisioning.reconciler import hints, lease
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine()


@pytest.fixture
def place(own_database: str, tmp_path: Path, engine: MemoryEngine) -> Ground:
    return reconciling.ground(tmp_path, engine)


def test_a_machine_that_ended_is_started_again(place: Ground, engine: MemoryEngine) -> None:
    order(customer())
    work(place)
    (machine,) = engine.machines()
    engine.stop(machine.name)
    assert hints.heed(Event(machine.name, "instance-shutdown"))
    work(place)
    assert [machine.status for machine in engine.machines()] == ["running"]


def test_a_machine_that_should_be_stopped_stays_so(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    work(place)
    commands.stop_instance(buyer.scope, instance)
    work(place)
    assert not hints.heed(Event(engine.machines()[0].name, "instance-stopped"))


def test_what_a_worker_does_itself_is_no_news(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    work(place)
    commands.restart_instance(buyer.scope, instance)
    lease.claim(1)
    assert not hints.heed(Event(engine.machines()[0].name, "instance-stopped"))


@pytest.mark.parametrize("action", ["instance-started", "instance-created", "instance-exec"])
def test_other_events_and_strangers_wake_nobody(place: Ground, engine: MemoryEngine, action: str) -> None:
    order(customer())
    work(place)
    assert not hints.heed(Event(engine.machines()[0].name, action))
    assert not hints.heed(Event("stranger", "instance-stopped"))
