"""A service on three machines with a real worker: it begins, changes who leads by plan and by power cut, and ends."""

from __future__ import annotations

import os
from uuid import UUID

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until
from tests.support import members
from tests.support.connecting import signed_in
from tests.support.world import operator
from tests.support.writing import MOST_SECONDS, Writer

from souk.blueprints.postgresql.ensembles import READING
from souk.provisioning import commands
from souk.provisioning.contract import BindingRole
from souk.provisioning.queries import OperationRow, machines, operation, operations, service

pytestmark = pytest.mark.engine

POWER_CUTS = int(os.environ.get("SOUK_POWER_CUTS", "3"))


def leader(shop: Shop, instance: UUID) -> str:
    """The machine that was last seen to lead."""
    return members.leader(shop.buyer.scope, instance)


def whole(shop: Shop, instance: UUID) -> bool:
    """Whether all run, one leads, one has all that was acknowledged, and one follows."""
    return members.whole(shop.engine, shop.buyer.scope, instance)


def test_a_service_on_three_machines_outlives_each_of_them(shop_of_many: Shop) -> None:
    shop = shop_of_many
    shop.worker.start()
    scope = shop.buyer.scope
    instance = shop.order("compta", "s-ha")
    assert until(lambda: service(scope, instance).state == "ready"), shop.worker.log
    assert until(lambda: whole(shop, instance), 30), shop.worker.log
    _lets_a_reader_in_where_it_reads(shop, instance)
    with signed_in(scope, instance) as options:
        with Writer(options) as writer:
            _switches_over_by_plan(shop, instance)
            for _ in range(POWER_CUTS):
                _loses_its_leader(shop, instance, writer)
            written = len(writer.acknowledged)
            assert until(lambda: len(writer.acknowledged) > written, 15), shop.worker.log
        assert writer.lost() == set()
    _confined(shop, instance)
    _ends_a_readers_sessions(shop, instance)
    assert len(writer.outages) >= POWER_CUTS
    assert max(writer.outages) < MOST_SECONDS, writer.outages
    _leaves_nothing(shop, instance)


def _done(shop: Shop, asked: UUID) -> None:
    assert until(lambda: operation(shop.buyer.scope, asked).state == "succeeded", 60), shop.worker.log


def _lets_a_reader_in_where_it_reads(shop: Shop, instance: UUID) -> None:
    _done(shop, commands.create_database(shop.buyer.scope, instance, "autre"))
    _done(shop, commands.create_binding(shop.buyer.scope, instance, "lecteur", BindingRole.READER, "app"))
    _confined(shop, instance)


def _confined(shop: Shop, instance: UUID) -> None:
    """Asked several times: the readers' port leads to one follower after another."""
    with signed_in(shop.buyer.scope, instance, "lecteur") as options:
        for port in (5432, *[READING] * 4):
            with psycopg.connect(**options, port=port) as client:
                assert client.execute("select current_user").fetchone() == ("lecteur",)
            with pytest.raises(psycopg.OperationalError, match="rejects connection"):
                psycopg.connect(**{**options, "dbname": "autre", "port": port})


def _ends_a_readers_sessions(shop: Shop, instance: UUID) -> None:
    with signed_in(shop.buyer.scope, instance, "lecteur") as options:
        sessions = [psycopg.connect(**options, port=port) for port in (5432, READING, READING)]
        _done(shop, commands.revoke_binding(shop.buyer.scope, instance, "lecteur"))
        for session in sessions:
            with pytest.raises(psycopg.OperationalError), session:
                session.execute("select 1")
        for port in (5432, READING):
            with pytest.raises(psycopg.OperationalError, match=r"authentication failed"):
                psycopg.connect(**options, port=port)


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
