"""Whatever a broker does wrong, and whichever way it works: in the end it has what is recorded, and nothing else."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import pytest
from tests.database.brokers.test_killed_workers import killed
from tests.support import selling
from tests.support.killing import moments
from tests.support.reconciling import forget_leases, work
from tests.support.selling import Vendor
from tests.support.world import Customer

from souk.brokers import calling
from souk.provisioning import commands
from souk.provisioning.queries import bindings, service
from souk.provisioning.reconciler.converge import Ground

_WRONG: list[dict[str, Any]] = [
    {"status": 500},
    {"status": 500, "done": True},
    {"status": 201, "body": "<html>", "done": True},
    {"status": 204, "done": True},
    {"status": 422, "body": '{"error": "ConcurrencyError"}'},
    {"status": 401},
    {"status": 408},
    {"status": 200, "body": "nothing"},
]
_ASKED = ("provision", "update", "deprovision", "poll", "bind", "fetch", "unbind", "poll_binding")


@pytest.mark.parametrize("seed", range(6))
def test_in_the_end_there_is_what_is_recorded(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "OPENS_AFTER", 1_000)
    chance = random.Random(seed)
    faults = {asked: chance.choices(_WRONG, k=chance.randint(0, 2)) for asked in _ASKED}
    vendor.told(asynchronous=chance.random() < 0.5, faults=faults)
    die = moments(seed, 40)
    instance = selling.order(buyer)
    for _ in range(24):
        forget_leases()
        killed(place, die() if chance.random() < 0.5 else 0)
    row = service(buyer.scope, instance)
    assert len(vendor.instances) == (1 if row.state == "ready" else 0), row
    if row.state == "ready":
        commands.create_binding(buyer.scope, instance, "shop")
        commands.change_parameters(buyer.scope, instance, {"greeting": "azul"})
    for _ in range(24):
        forget_leases()
        killed(place, die() if chance.random() < 0.3 else 0)
    assert len(vendor.bindings) == len([each for each in bindings(buyer.scope, instance) if each.granted_at])
    commands.delete_instance(buyer.scope, instance)
    for _ in range(16):
        forget_leases()
        work(place)
    assert service(buyer.scope, instance).state == "deleted"
    assert (vendor.instances, vendor.bindings) == ({}, {})
