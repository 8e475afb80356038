"""A service restored in place on the real engine, undone, and restored again: each time what was at that instant."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_backups import back_up, numbers, write
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in
from tests.support.world import operator

from souk.provisioning import commands
from souk.provisioning.contract import BackupKind, BindingRole
from souk.provisioning.queries import backups, operation, service, services

pytestmark = pytest.mark.engine


def _done(shop: Shop, asked: UUID) -> None:
    over = {"succeeded", "failed", "cancelled"}
    assert until(lambda: operation(shop.buyer.scope, asked).state in over, 120), shop.worker.log
    assert operation(shop.buyer.scope, asked).state == "succeeded", shop.worker.log


def test_a_database_goes_back_to_an_instant_and_forth_again(shop_with_storage: Shop) -> None:
    shop, scope = shop_with_storage, shop_with_storage.buyer.scope
    shop.worker.start()
    instance = shop.order("compta")
    assert until(lambda: all(row.state == "ready" for row in services(operator()))), shop.worker.log
    write(shop, instance, 1, 1000)
    back_up(shop, instance, BackupKind.FULL)
    instant = write(shop, instance, 1001, 2000)
    write(shop, instance, 2001, 3000)
    _done(shop, commands.create_binding(scope, instance, "lecteur", BindingRole.READER))
    before = service(scope, instance)

    _done(shop, commands.restore_in_place(scope, instance, instant))
    after = service(scope, instance)
    assert (after.state, after.hostname) == ("ready", before.hostname)
    assert after.address != before.address
    assert numbers(shop, instance) == list(range(1, 2001))
    with signed_in(scope, instance, "lecteur") as options, psycopg.connect(**options) as reader:
        assert reader.execute("select count(*) from numbers").fetchone() == (2000,)
        with pytest.raises(psycopg.Error):
            reader.execute("insert into numbers values (0)")

    write(shop, instance, 5001, 5010)
    _done(shop, commands.undo_restore(scope, instance))
    assert numbers(shop, instance) == list(range(1, 3001))
    assert service(scope, instance).address == before.address

    _done(shop, commands.restore_in_place(scope, instance, instant, give_up_way_back=True))
    assert numbers(shop, instance) == list(range(1, 2001))
    assert {row.state for row in backups(scope, instance).backups} == {"available"}
    assert len([name for name in shop.made() if not name.startswith("os-")]) == 2
