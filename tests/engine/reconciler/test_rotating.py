"""The first binding rotated on the real engine: both work for a while, then only the new one; Souk goes on watching."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in

from souk.provisioning import commands
from souk.provisioning.queries import operation, service

pytestmark = pytest.mark.engine


def _done(shop: Shop, asked: UUID) -> None:
    over = {"succeeded", "failed", "cancelled"}
    assert until(lambda: operation(shop.buyer.scope, asked).state in over), shop.worker.log
    assert operation(shop.buyer.scope, asked).state == "succeeded", shop.worker.log


def _works(options: dict[str, Any]) -> bool:
    try:
        with psycopg.connect(**options) as connection:
            connection.execute("create table if not exists kept (n int)")
            connection.execute("insert into kept values (1)")
    except psycopg.OperationalError:
        return False
    return True


def test_the_first_credentials_are_rotated_with_an_overlap_and_then_at_once(shop: Shop) -> None:
    scope = shop.buyer.scope
    shop.worker.start()
    instance = shop.order("compta")
    assert until(lambda: service(scope, instance).state == "ready"), shop.worker.log
    with signed_in(scope, instance) as first:
        assert _works(first)
        _done(shop, commands.rotate_binding(scope, instance, "default", timedelta(seconds=15)))
        with signed_in(scope, instance) as second:
            assert (first["user"], second["user"]) == ("app", "app_2")
            assert _works(first)
            assert _works(second)
            assert until(lambda: not _works(first), 60), shop.worker.log
            _done(shop, commands.restart_instance(scope, instance))
            assert not _works(first)
            assert _works(second)
            _done(shop, commands.rotate_binding(scope, instance, "default", timedelta(0)))
            assert not _works(second)
    with signed_in(scope, instance) as third:
        assert _works(third)
