"""A fork of what runs now begins as a copy of its machine; whatever else is forked comes from the repository."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from tests.support.example import CONFIGURE, Example, ExampleBrancher
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import order, settle, work
from tests.support.vault import Vault, vault
from tests.support.world import Customer

from souk.engines.contract import EngineError, Execution, MachineStatus, NotFound, PoolFull
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.ordering import commands as ordering
from souk.ordering.commands import RestoreDetails
from souk.ordering.queries import order as find_order
from souk.provisioning import commands, registry
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import compare

DATA = "/data"


@dataclass
class Inside:
    """What runs in the machines: a copy that has lost its mark, or never had one, would be the other service."""

    engine: MemoryEngine
    calls: list[tuple[str, str]] = field(default_factory=list)
    torn: bool = False

    def __call__(self, machine: str, command: Sequence[str], stdin: bytes) -> Execution:
        files, copied = self.engine.simulated[machine].files, "copy-of" in self.engine.simulated[machine].labels
        self.calls.append((machine, command[0]))
        if command[0] == "/usr/lib/souk/branch":
            if self.torn:
                return Execution(1, "", "the copy does not come back")
            files.pop(ExampleBrancher.mark, None)
            files["/own"] = b""
        if command == CONFIGURE and copied and "/own" not in files:
            return Execution(1, "", "this is another service")
        return Execution(0, "{}\n", "")


@pytest.fixture
def inside(engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch) -> Inside:
    """Guests that know what they are, on an engine that starts no copy for the first time without its mark."""
    engine.guest = made = Inside(engine)
    start = engine._start

    def marked(name: str) -> None:
        one = engine.simulated[name]
        assert "copy-of" not in one.labels or {"/own", ExampleBrancher.mark} & one.files.keys(), "started unmarked"
        start(name)

    monkeypatch.setattr(engine, "_start", marked)
    return made


@pytest.fixture
def kept(place: Ground, inside: Inside) -> Iterator[Vault]:
    """A site with its object storage ready, and an example that can be copied."""
    with vault() as kept:
        _example().brancher = ExampleBrancher()
        ensure_storage()
        work(place)
        yield kept


@pytest.fixture
def source(kept: Vault, place: Ground, engine: MemoryEngine, buyer: Customer) -> UUID:
    """A service that runs, was backed up, and has something on its disk since."""
    made = order(buyer)
    settle(place, 3)
    commands.back_up_instance(buyer.scope, made)
    settle(place, 3)
    kept.restored.clear()
    engine.push(_machine(engine, made), DATA, b"what runs now")
    return made


def _example() -> Example:
    found = registry.blueprint("example")
    assert isinstance(found, Example)
    return found


def _machine(engine: MemoryEngine, instance: UUID) -> str:
    [name] = [one.name for one in engine.machines() if one.labels["instance"] == str(instance)]
    return name


def _forked(buyer: Customer, details: RestoreDetails) -> UUID:
    return find_order(buyer.scope, ordering.restore(buyer.scope, details)).instance_id


def _steps(buyer: Customer, instance: UUID) -> list[str]:
    return [line["step"] for line in operations(buyer.scope, instance)[-1].log]


def test_a_fork_of_what_runs_is_a_copy_of_its_machine(
    kept: Vault, place: Ground, engine: MemoryEngine, buyer: Customer, source: UUID
) -> None:
    before = engine.machine(_machine(engine, source))
    fork = _forked(buyer, RestoreDetails(source, "copie"))
    settle(place, 3)
    assert service(buyer.scope, fork).state == "ready"
    assert engine.pull(_machine(engine, fork), DATA) == b"what runs now"
    assert {"copy", "branch"} <= set(_steps(buyer, fork))
    assert "restore" not in _steps(buyer, fork)
    assert kept.restored == {}
    assert engine.machine(_machine(engine, source)) == before
    commands.back_up_instance(buyer.scope, fork)
    settle(place, 3)
    assert len({one.bucket for one in kept.attached.values()}) == 2


def test_killed_at_every_boundary_of_a_fork_it_is_one_copy_and_never_the_other_service(
    place: Ground, engine: MemoryEngine, inside: Inside, buyer: Customer, source: UUID
) -> None:
    at = 0
    while True:
        at += stride(3)
        fork = _forked(buyer, RestoreDetails(source, f"copie{at}"))
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place, 3)
        assert (service(buyer.scope, fork).state, service(buyer.scope, fork).trouble) == ("ready", "")
        assert engine.simulated[_machine(engine, fork)].files == {DATA: b"what runs now", "/own": b""}
        drift = compare(engine)
        assert (drift.instances, drift.orphans) == ([], [])
        commands.erase_instance(buyer.scope, fork)
        settle(place, 3)
        if crossed < at:
            break
    assert at > 25


def test_an_instant_of_the_past_comes_from_the_repository(
    kept: Vault, place: Ground, buyer: Customer, source: UUID
) -> None:
    fork = _forked(buyer, RestoreDetails(source, "copie", clock.now()))
    settle(place, 3)
    assert "restore" in _steps(buyer, fork)
    assert len(kept.restored) == 1


def test_what_does_not_run_comes_from_the_repository(
    kept: Vault, place: Ground, engine: MemoryEngine, buyer: Customer, source: UUID
) -> None:
    commands.stop_instance(buyer.scope, source)
    settle(place, 3)
    fork = _forked(buyer, RestoreDetails(source, "copie"))
    settle(place, 3)
    assert "restore" in _steps(buyer, fork)
    assert DATA not in engine.simulated[_machine(engine, fork)].files


def test_a_machine_that_is_older_than_copies_is_not_copied(
    kept: Vault, place: Ground, buyer: Customer, source: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ExampleBrancher, "prepare", lambda *_: False)
    fork = _forked(buyer, RestoreDetails(source, "copie"))
    settle(place, 3)
    assert "restore" in _steps(buyer, fork)


def test_a_copy_that_does_not_come_back_is_not_kept_and_the_repository_is_read_in_the_end(
    kept: Vault, place: Ground, engine: MemoryEngine, inside: Inside, buyer: Customer, source: UUID
) -> None:
    inside.torn = True
    fork = _forked(buyer, RestoreDetails(source, "copie"))
    for _ in range(5):
        settle(place, 3)
    assert service(buyer.scope, fork).state == "ready"
    assert "restore" in _steps(buyer, fork)
    assert DATA not in engine.simulated[_machine(engine, fork)].files
    assert engine.simulated[_machine(engine, source)].status == MachineStatus.RUNNING


@pytest.mark.parametrize("why", [NotFound("it is gone"), PoolFull("no room")])
def test_a_copy_that_the_engine_refuses_is_tried_again(
    place: Ground, engine: MemoryEngine, buyer: Customer, source: UUID, why: EngineError
) -> None:
    engine.faults.plan("copy", why)
    fork = _forked(buyer, RestoreDetails(source, "copie"))
    settle(place, 3)
    assert service(buyer.scope, fork).state == "ready"
    assert engine.pull(_machine(engine, fork), DATA) == b"what runs now"
