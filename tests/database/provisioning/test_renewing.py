"""A highly available service is updated: one machine after another is made anew, and it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest import mock
from uuid import UUID

import pytest
from tests.support.crew import Members, several_machines
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import forget_leases, order, work
from tests.support.vault import ExampleStorage, Vault
from tests.support.world import Customer

from souk.engines.contract import MachineStatus
from souk.engines.memory import MemoryEngine
from souk.provisioning import commands, registry
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import machines, members, operations, release, service
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import resync

STRIDE = stride(9)
ALIAS = "souk/example"


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine(images=[ALIAS])


@pytest.fixture
def crew(place: Ground, engine: MemoryEngine) -> Iterator[Members]:
    with several_machines(engine) as members:
        yield members


@pytest.fixture
def instance(crew: Members, place: Ground, buyer: Customer) -> UUID:
    """A service on three machines that were asked what they are."""
    made = order(buyer, plan="h")
    _settle(place)
    return made


def _settle(place: Ground) -> None:
    for _ in range(3):
        forget_leases()
        work(place, rounds=60)


def _newer(place: Ground, folder: Path, name: str) -> None:
    file = folder / name
    file.write_text(name)
    place.engine.import_image(str(file), ALIAS, {})
    resync(place.engine)


def _images(engine: MemoryEngine, instance: UUID) -> set[str]:
    return {each.image for each in engine.machines() if each.labels["instance"] == str(instance)}


def _leader(buyer: Customer, instance: UUID) -> str:
    return next(row.name for row in members(buyer.scope, instance) if row.duty == "leads")


def test_every_machine_is_of_the_newest_image_and_never_the_one_that_leads_is_taken_away(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members, tmp_path: Path
) -> None:
    address, leader = service(buyer.scope, instance).address, _leader(buyer, instance)
    _newer(place, tmp_path, "second")
    assert release(buyer.scope, instance).available
    commands.update_instance(buyer.scope, instance)
    _settle(place)
    assert _images(engine, instance) == {release(buyer.scope, instance).newest_image}
    assert not release(buyer.scope, instance).available
    assert crew.told == []
    assert _leader(buyer, instance) != leader
    after = service(buyer.scope, instance)
    assert (after.state, after.address) == ("ready", address)
    assert [(row.kind, row.state) for row in operations(buyer.scope, instance)] == [
        ("update", "succeeded"),
        ("create", "succeeded"),
    ]


def test_a_member_that_was_made_anew_keeps_the_history_from_when_it_leads(
    place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members, tmp_path: Path
) -> None:
    kept, sold = Vault(), registry.blueprints()
    sold["example"].archivist = kept
    storage = ExampleStorage()
    storage.binder = kept
    with mock.patch.dict(sold, {storage.key: storage}):
        ensure_storage()
        instance = order(buyer, plan="h")
        _settle(place)
        commands.back_up_instance(buyer.scope, instance)
        _settle(place)
        (one, *_) = [each for each in machines(buyer.scope) if each.instance_id == instance and each.role == "member"]
        engine.delete(one.name)
        kept.told.clear()
        _settle(place)
        assert one.address in kept.told
        _newer(place, tmp_path, "second")
        kept.told.clear()
        commands.update_instance(buyer.scope, instance)
        _settle(place)
        mine = {each.address for each in machines(buyer.scope) if each.instance_id == instance}
        assert kept.told == mine - {service(buyer.scope, instance).address}


def test_killed_anywhere_on_the_way_every_machine_is_there_and_of_the_newest_image(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members, tmp_path: Path
) -> None:
    at = 0
    while True:
        at += STRIDE
        _newer(place, tmp_path, f"image {at}")
        commands.update_instance(buyer.scope, instance)
        crossed = run_until_killed(place, engine, at, work).crossed
        _settle(place)
        mine = [each for each in engine.machines() if each.labels["instance"] == str(instance)]
        assert [each.status for each in mine] == [MachineStatus.RUNNING] * 4
        assert len(_images(engine, instance)) == 1
        assert not release(buyer.scope, instance).available
        assert service(buyer.scope, instance).state == "ready"
        assert crew.told == []
        assert operations(buyer.scope, instance)[0].state == "succeeded"
        if crossed < at:
            break
    assert at > 60
