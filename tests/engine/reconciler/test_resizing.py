"""Another plan on the real engine: larger and smaller again under load, without a lost row, enforced by the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in
from tests.support.following import catch_up
from tests.support.writing import Writer

from souk.ordering import commands as ordering
from souk.ordering.queries import order, subscription_of
from souk.provisioning.queries import operation

pytestmark = pytest.mark.engine
MIB = 1024**2


@pytest.fixture
def instance(shop: Shop) -> UUID:
    """A ready database with the smallest plan, its subscription active."""
    shop.worker.start()
    made = shop.order("compta")
    assert until(lambda: subscription_of(shop.buyer.scope, made).state == "active"), shop.worker.log
    return made


@pytest.fixture
def options(shop: Shop, instance: UUID) -> Iterator[dict[str, Any]]:
    """How its customer connects."""
    with signed_in(shop.buyer.scope, instance) as found:
        yield found


def _change(shop: Shop, instance: UUID, plan: str) -> str:
    """Order a plan and wait for the end of it; how the order ended."""
    made = ordering.change_plan(shop.buyer.scope, instance, plan)
    assert until(lambda: order(shop.buyer.scope, made).state not in {"placed", "provisioning"}), shop.worker.log
    catch_up()
    return order(shop.buyer.scope, made).state


def _setting(options: dict[str, Any], name: str) -> str:
    with psycopg.connect(**options) as connection:
        row = connection.execute("select current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])


def test_a_plan_grows_and_shrinks_under_load_without_a_lost_row(
    shop: Shop, instance: UUID, options: dict[str, Any]
) -> None:
    with Writer(options) as writer:
        assert until(lambda: len(writer.acknowledged) > 20)
        assert _change(shop, instance, "m") == "fulfilled"
        assert _setting(options, "shared_buffers") == "1GB"
        with psycopg.connect(**options) as connection:
            connection.execute(
                "create table large as select n, repeat(md5(n::text), 30) as text from generate_series(1, 100000) n"
            )
            connection.execute("select count(*), sum(length(text)) from large")
        before = len(writer.acknowledged)
        assert _change(shop, instance, "s") == "fulfilled"
        assert _setting(options, "shared_buffers") == "256MB"
        assert until(lambda: len(writer.acknowledged) > before + 20)
    assert writer.lost() == set()
    assert len(writer.outages) <= 2 + 2
    (name,) = shop.made()
    machine = shop.engine.machine(name)
    assert machine is not None
    assert machine.limits.memory == 1024 * MIB
    seen = shop.engine.execute(name, ["sh", "-c", "grep MemTotal /proc/meminfo | tr -dc 0-9"]).stdout
    assert int(seen) * 1024 == 1024 * MIB


def test_more_disk_is_there_at_once_and_costs_no_connection(
    shop: Shop, instance: UUID, options: dict[str, Any]
) -> None:
    with Writer(options) as writer:
        assert until(lambda: len(writer.acknowledged) > 20)
        changed = ordering.change_size(shop.buyer.scope, instance, extra_gib=5)
        assert until(lambda: operation(shop.buyer.scope, changed.operation).state == "succeeded"), shop.worker.log
        before = len(writer.acknowledged)
        assert until(lambda: len(writer.acknowledged) > before + 20)
    assert writer.lost() == set()
    assert writer.outages == []
    (name,) = shop.made()
    machine = shop.engine.machine(name)
    assert machine is not None
    assert machine.limits.disk == (10 + 5 + 1) * 1024 * MIB
