"""A name of the customer's own on a real PostgreSQL: proved by a real DNS server, verified by a client in full."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop, opened
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in
from tests.support.dns import Zone, zone
from tests.support.workers import Worker

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.ordering.queries import subscription_of
from souk.provisioning import commands
from souk.provisioning.own_names import own_names
from souk.provisioning.queries import operation

pytestmark = pytest.mark.engine
NAME = "compta.example.ma"


@pytest.fixture
def dns() -> Iterator[Zone]:
    with zone() as served:
        yield served


@pytest.fixture
def shop(own_database: str, incus: IncusEngine, image: str, tmp_path: Path, dns: Zone) -> Iterator[Shop]:
    worker = Worker(tmp_path / "worker.log", told={"SOUK_DNS_RESOLVERS": dns.address})
    with opened(incus, worker, BLUEPRINT) as shop:
        shop.worker.start()
        yield shop


def _done(shop: Shop, asked: UUID) -> str:
    assert until(lambda: operation(shop.buyer.scope, asked).finished_at is not None), shop.worker.log
    return operation(shop.buyer.scope, asked).state


def test_clients_verify_a_name_in_full_while_the_service_has_it_and_none_is_cut_off(shop: Shop, dns: Zone) -> None:
    scope, instance = shop.buyer.scope, shop.order("compta")
    assert until(lambda: subscription_of(scope, instance).state == "active"), shop.worker.log
    with signed_in(scope, instance) as options, psycopg.connect(**options, autocommit=True) as before:
        by_name = {**options, "host": NAME}
        with pytest.raises(psycopg.OperationalError, match="does not match host name"):
            psycopg.connect(**by_name)
        commands.add_name(scope, instance, NAME)
        (row,) = own_names(scope, instance)
        assert _done(shop, commands.prove_name(scope, instance, NAME)) == "failed"
        dns.publish({row.record: row.text})
        assert _done(shop, commands.prove_name(scope, instance, NAME)) == "succeeded", shop.worker.log
        psycopg.connect(**by_name).close()
        psycopg.connect(**options).close()
        assert _done(shop, commands.remove_name(scope, instance, NAME)) == "succeeded"
        with pytest.raises(psycopg.OperationalError, match="does not match host name"):
            psycopg.connect(**by_name)
        assert before.execute("select 1").fetchone() == (1,)
