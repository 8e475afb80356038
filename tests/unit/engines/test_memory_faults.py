"""The in-memory engine fails when it is told to, and plays guests."""

from __future__ import annotations

import time

import pytest

from souk.engines.contract import (
    EngineUnavailable,
    Execution,
    ImageMissing,
    Limits,
    MachineSpec,
    PoolFull,
)
from souk.engines.memory import MemoryEngine, ToyGuest

GIB = 1024**3
SPEC = MachineSpec("m", "souk/anything", Limits(1, GIB, GIB), "10.0.0.2")


def test_a_planned_failure_comes_once_and_changes_nothing() -> None:
    engine = MemoryEngine()
    engine.faults.plan("create", PoolFull("full"))
    with pytest.raises(PoolFull):
        engine.create(SPEC)
    assert engine.machine("m") is None
    engine.create(SPEC)


def test_an_outage_ends_with_its_block() -> None:
    engine = MemoryEngine()
    with engine.faults.outage(), pytest.raises(EngineUnavailable):
        engine.machines()
    assert engine.machines() == []


def test_latency_is_waited_for() -> None:
    engine = MemoryEngine()
    engine.faults.latency = 0.02
    started = time.monotonic()
    engine.machines()
    assert time.monotonic() - started >= 0.02


def test_machines_fill_the_pool() -> None:
    engine = MemoryEngine(disk=GIB // 2)
    engine.create(SPEC)
    with pytest.raises(PoolFull):
        engine.create(MachineSpec("n", "souk/anything", SPEC.limits, "10.0.0.3"))


def test_only_named_images_exist_when_some_are_named() -> None:
    with pytest.raises(ImageMissing):
        MemoryEngine(images=["souk/other"]).create(SPEC)


def test_a_machine_can_have_a_guest_of_its_own() -> None:
    engine = MemoryEngine(guest=ToyGuest({"ps": lambda _arguments, _stdin: Execution(0, "init", "")}))
    engine.guests["m"] = lambda machine, command, stdin: Execution(9, machine, stdin.decode())
    engine.create(SPEC, start=True)
    engine.create(MachineSpec("n", "souk/anything", SPEC.limits, "10.0.0.3"), start=True)
    assert engine.execute("m", ["anything"], stdin=b"in") == Execution(9, "m", "in")
    assert engine.execute("n", ["ps"]).stdout == "init"
