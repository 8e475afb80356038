"""Backups for real: PostgreSQL into a real S3 server, restored to an instant into a new service, forked, erased."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in
from tests.support.world import operator

from souk.kernel import clock
from souk.ordering import commands as ordering
from souk.ordering.commands import RestoreDetails
from souk.ordering.queries import order, subscription_of
from souk.provisioning import commands
from souk.provisioning.contract import BackupKind
from souk.provisioning.queries import backups, operation, service, services

pytestmark = pytest.mark.engine


@pytest.fixture
def instance(shop_with_storage: Shop) -> UUID:
    """A ready database on a site whose object storage is ready."""
    shop = shop_with_storage
    shop.worker.start()
    made = shop.order("compta")
    assert until(lambda: subscription_of(shop.buyer.scope, made).state == "active"), shop.worker.log
    assert until(lambda: all(row.state == "ready" for row in services(operator()))), shop.worker.log
    return made


@contextmanager
def _connected(shop: Shop, instance: UUID) -> Iterator[psycopg.Connection[Any]]:
    with (
        signed_in(shop.buyer.scope, instance) as options,
        psycopg.connect(**options, autocommit=True) as connection,
    ):
        yield connection


def numbers(shop: Shop, instance: UUID) -> list[int]:
    with _connected(shop, instance) as connection:
        return [row[0] for row in connection.execute("select n from numbers order by n")]


def write(shop: Shop, instance: UUID, first: int, last: int) -> datetime:
    """Insert some numbers; an instant just after, when they were all there and nothing more."""
    with _connected(shop, instance) as connection:
        connection.execute("create table if not exists numbers (n int primary key)")
        connection.execute("insert into numbers select generate_series(%s::int, %s::int)", [first, last])
    time.sleep(0.5)
    instant = clock.now()
    time.sleep(0.5)
    return instant


def back_up(shop: Shop, instance: UUID, kind: BackupKind = BackupKind.DIFFERENTIAL) -> None:
    asked = commands.back_up_instance(shop.buyer.scope, instance, kind)
    over = {"succeeded", "failed", "cancelled"}
    assert until(lambda: operation(shop.buyer.scope, asked).state in over), shop.worker.log
    assert operation(shop.buyer.scope, asked).state == "succeeded", shop.worker.log


def _restored(shop: Shop, details: RestoreDetails) -> UUID:
    made = ordering.restore(shop.buyer.scope, details)
    assert until(lambda: order(shop.buyer.scope, made).state not in {"placed", "provisioning"}), shop.worker.log
    assert order(shop.buyer.scope, made).state == "fulfilled", shop.worker.log
    return order(shop.buyer.scope, made).instance_id


def test_a_database_is_backed_up_restored_to_an_instant_forked_and_erased(
    shop_with_storage: Shop, instance: UUID
) -> None:
    shop, scope = shop_with_storage, shop_with_storage.buyer.scope
    write(shop, instance, 1, 1000)
    back_up(shop, instance)
    instant = write(shop, instance, 1001, 2000)
    write(shop, instance, 2001, 3000)
    back_up(shop, instance)
    assert [row.kind for row in backups(scope, instance).backups] == ["differential", "full"]

    then = _restored(shop, RestoreDetails(instance, "alors", instant))
    assert numbers(shop, then) == list(range(1, 2001))
    fork = _restored(shop, RestoreDetails(instance, "copie"))
    assert numbers(shop, fork) == list(range(1, 3001))

    write(shop, then, 9001, 9010)
    back_up(shop, then)
    assert numbers(shop, instance) == list(range(1, 3001))

    for each in (instance, then, fork):
        commands.erase_instance(scope, each)
    assert until(lambda: services(scope) == []), shop.worker.log
    assert [machine for machine in shop.made() if not machine.startswith("os-")] == []
    assert service(scope, instance).state == "deleted"
