"""A service on three machines: backed up, led by another, restarted, resized, stopped, forked, erased."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from tests.engine.conftest import image, incus
from tests.engine.reconciler.conftest import Shop, shop_of_many_with_storage
from tests.engine.reconciler.test_backups import back_up, numbers, write
from tests.engine.reconciler.test_high_availability import leader, whole
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in
from tests.support.following import catch_up
from tests.support.world import operator

from souk.ordering import commands as ordering
from souk.ordering.commands import RestoreDetails
from souk.ordering.queries import order, subscription_of
from souk.provisioning import commands
from souk.provisioning.contract import BackupKind
from souk.provisioning.queries import operation, operations, service, services

__all__ = ["image", "incus", "shop_of_many_with_storage"]
pytestmark = [pytest.mark.chaos, pytest.mark.engine]


def test_a_service_on_three_machines_lives_as_one_on_one_machine_does(shop_of_many_with_storage: Shop) -> None:
    shop = shop_of_many_with_storage
    shop.worker.start()
    instance = shop.order("compta", "s-ha")
    assert until(lambda: subscription_of(shop.buyer.scope, instance).state == "active"), shop.worker.log
    assert until(lambda: all(row.state == "ready" for row in services(operator()))), shop.worker.log
    write(shop, instance, 1, 100)
    back_up(shop, instance, BackupKind.FULL)
    _ask(shop, instance, commands.switch_over(shop.buyer.scope, instance))
    write(shop, instance, 101, 200)
    back_up(shop, instance)
    before = leader(shop, instance)
    _ask(shop, instance, commands.restart_instance(shop.buyer.scope, instance))
    assert leader(shop, instance) != before
    _grows(shop, instance)
    _ask(shop, instance, commands.stop_instance(shop.buyer.scope, instance), whole_after=False)
    _ask(shop, instance, commands.start_instance(shop.buyer.scope, instance))
    write(shop, instance, 201, 300)
    assert numbers(shop, instance) == list(range(1, 301))
    copy = _forked(shop, instance)
    assert numbers(shop, copy) == list(range(1, 301))
    print(f"\n{_told(shop, instance)}; the copy: {_told(shop, copy)}")
    for each in (copy, instance):
        asked = commands.erase_instance(shop.buyer.scope, each)
        assert until(lambda asked=asked: operation(shop.buyer.scope, asked).state == "succeeded"), shop.worker.log


def _ask(shop: Shop, instance: UUID, asked: UUID, *, whole_after: bool = True) -> None:
    over = {"succeeded", "failed", "cancelled"}
    assert until(lambda: operation(shop.buyer.scope, asked).state in over, 240), shop.worker.log
    assert operation(shop.buyer.scope, asked).state == "succeeded", shop.worker.log
    if whole_after:
        assert until(lambda: whole(shop, instance), 120), shop.worker.log


def _grows(shop: Shop, instance: UUID) -> None:
    """To the next plan, whose settings need a restart: on each machine, one after another."""
    made = ordering.change_plan(shop.buyer.scope, instance, "m-ha")
    assert until(lambda: order(shop.buyer.scope, made).state not in {"placed", "provisioning"}, 300), shop.worker.log
    catch_up()
    assert order(shop.buyer.scope, made).state == "fulfilled", shop.worker.log
    with signed_in(shop.buyer.scope, instance) as options, psycopg.connect(**options) as connection:
        wanted = "select current_setting('max_connections'), current_setting('shared_buffers')"
        row = connection.execute(wanted).fetchone()
    assert row == ("400", "1GB")
    assert until(lambda: whole(shop, instance), 120), shop.worker.log


def _told(shop: Shop, instance: UUID) -> str:
    """How long each operation took, the first one first."""
    done = [row for row in reversed(operations(shop.buyer.scope, instance)) if row.finished_at]
    return ", ".join(f"{row.kind} {(row.finished_at - row.created_at).total_seconds():.1f} s" for row in done)


def _forked(shop: Shop, instance: UUID) -> UUID:
    made = ordering.restore(shop.buyer.scope, RestoreDetails(instance, "copie", plan="s-ha"))
    assert until(lambda: order(shop.buyer.scope, made).state not in {"placed", "provisioning"}, 240), shop.worker.log
    assert order(shop.buyer.scope, made).state == "fulfilled", shop.worker.log
    copy = order(shop.buyer.scope, made).instance_id
    assert service(shop.buyer.scope, copy).members == 3
    return copy
