"""A restored database and an engine that went on without it: what both know runs on, the rest is only told."""

from __future__ import annotations

from tests.support.reconciling import order, work
from tests.support.world import customer

from souk.engines.contract import Limits, MachineSpec
from souk.engines.memory import MemoryEngine
from souk.kernel.ids import new_id
from souk.provisioning.queries import service
from souk.provisioning.reconciler.adoption import adopt
from souk.provisioning.reconciler.converge import Ground


def _relabel(engine: MemoryEngine, epoch: int) -> None:
    for machine in engine.machines():
        engine.label(machine.name, {**machine.labels, "epoch": str(epoch)}, etag=machine.etag)


def test_a_machine_made_by_a_later_claim_than_the_database_remembers_is_adopted(
    place: Ground, engine: MemoryEngine
) -> None:
    buyer = customer()
    instance = order(buyer)
    work(place)
    _relabel(engine, 40)
    found = adopt(engine)
    assert (len(found.running), found.orphans, found.gone) == (1, [], [])
    assert work(place) == 1
    assert service(buyer.scope, instance).state == "ready"
    assert len(engine.machines()) == 1


def test_what_only_one_side_knows_is_told_and_left_alone(place: Ground, engine: MemoryEngine) -> None:
    order(customer())
    work(place)
    (lost,) = [machine.name for machine in engine.machines()]
    engine.delete(lost)
    image = engine.images()[0].aliases[0] if engine.images() else "example"
    labels = {"instance": str(new_id()), "epoch": "3"}
    engine.create(MachineSpec("since-1", image, Limits(1, 1 << 30, 1 << 30), "10.9.9.9", labels), start=True)
    found = adopt(engine)
    assert (found.running, found.orphans, found.gone) == ([], ["since-1"], [lost])
    assert [machine.name for machine in engine.machines()] == ["since-1"]
