"""A service on three machines with a real worker: it begins, changes who leads by plan and by power cut, and ends."""

from __future__ import annotations

import os
from uuid import UUID

import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in
from tests.support.world import operator
from tests.support.writing import Writer

from souk.provisioning import commands
from souk.provisioning.queries import OperationRow, machines, members, operation, operations, service

pytestmark = pytest.mark.engine

POWER_CUTS = int(os.environ.get("SOUK_POWER_CUTS", "3"))
SECONDS_WITH_WITNESS = 10.0


def _duties(shop: Shop, instance: UUID) -> list[str]:
    return sorted(row.duty for row in members(shop.buyer.scope, instance))


def leader(shop: Shop, instance: UUID) -> str:
    """The machine that was last seen to lead."""
    return next((row.name for row in members(shop.buyer.scope, instance) if row.duty == "leads"), "")


def whole(shop: Shop, instance: UUID) -> bool:
    """Whether one machine leads, one has all that was acknowledged, and one follows."""
    return _duties(shop, instance) == ["follows", "leads", "synchronous"]


def test_a_service_on_three_machines_outlives_each_of_them(shop_of_many: Shop) -> None:
    shop = shop_of_many
    shop.worker.start()
    scope = shop.buyer.scope
    instance = shop.order("compta", "s-ha")
    assert until(lambda: service(scope, instance).state == "ready"), shop.worker.log
    assert until(lambda: whole(shop, instance), 30), shop.worker.log
    with signed_in(scope, instance) as options:
        with Writer(options) as writer:
            _switches_over_by_plan(shop, instance)
            for _ in range(POWER_CUTS):
                _loses_its_leader(shop, instance, writer)
            written = len(writer.acknowledged)
            assert until(lambda: len(writer.acknowledged) > written, 15), shop.worker.log
        assert writer.lost() == set()
    assert len(writer.outages) >= POWER_CUTS
    assert max(writer.outages) <= SECONDS_WITH_WITNESS, writer.outages
    _leaves_nothing(shop, instance)


def _switches_over_by_plan(shop: Shop, instance: UUID) -> None:
    before = leader(shop, instance)
    asked = commands.switch_over(shop.buyer.scope, instance)
    assert until(lambda: operation(shop.buyer.scope, asked).state == "succeeded", 60), shop.worker.log
    result = operation(shop.buyer.scope, asked).result
    assert result["from"] == before
    assert until(lambda: leader(shop, instance) == result["to"], 30), shop.worker.log
    assert until(lambda: whole(shop, instance), 60), shop.worker.log


def _loses_its_leader(shop: Shop, instance: UUID, writer: Writer) -> None:
    told = len(_failovers(shop, instance))
    broken = len(writer.outages)
    led = leader(shop, instance)
    shop.engine.stop(led, force=True)
    assert until(lambda: len(_failovers(shop, instance)) == told + 1, 60), shop.worker.log
    assert _failovers(shop, instance)[0].result["dead"] == [led]
    assert until(lambda: leader(shop, instance) not in ("", led), 60), shop.worker.log
    assert until(lambda: len(writer.outages) > broken, 60), shop.worker.log
    assert until(lambda: whole(shop, instance), 90), shop.worker.log


def _failovers(shop: Shop, instance: UUID) -> list[OperationRow]:
    return [row for row in operations(shop.buyer.scope, instance) if row.kind == "failover"]


def _leaves_nothing(shop: Shop, instance: UUID) -> None:
    label = service(shop.buyer.scope, instance).label
    asked = commands.erase_instance(shop.buyer.scope, instance)
    assert until(lambda: operation(shop.buyer.scope, asked).state == "succeeded"), shop.worker.log
    statement = operation(shop.buyer.scope, asked).result
    assert statement["seen_gone"] is True
    assert statement["network_gone"] is True
    assert not [row for row in machines(operator()) if row.instance_id == instance]
    assert not [machine.name for machine in shop.engine.machines() if machine.name.startswith(label)]
