"""PostgreSQL 15 ordered, filled, tried out and upgraded on the real engine while it is written to; and undone."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_backups import back_up
from tests.engine.reconciler.test_killed_for_real import until
from tests.engine.reconciler.test_updating import done, there, written_to
from tests.support.connecting import signed_in
from tests.support.world import operator
from tests.support.writing import MOST_SECONDS

from souk.blueprints.postgresql import BLUEPRINT
from souk.kernel import clock
from souk.ordering import commands as ordering
from souk.ordering.commands import RestoreDetails
from souk.ordering.queries import order
from souk.provisioning import commands, errors
from souk.provisioning.contract import BackupKind, BindingRole
from souk.provisioning.queries import backups, operation, service, services

pytestmark = pytest.mark.engine


def ordered(shop: Shop) -> UUID:
    """A service of the older version that is ready."""
    details = ordering.OrderDetails(
        shop.buyer.organization,
        "public",
        BLUEPRINT.starting_offering.slug,
        "s",
        "ma-temara",
        "compta",
        parameters={"version": "15", "extensions": ["hstore", "pg_trgm"]},
    )
    instance = order(shop.buyer.scope, ordering.place_order(shop.buyer.scope, details)).instance_id
    assert until(lambda: all(row.state == "ready" for row in services(operator())), 120), shop.worker.log
    return instance


def version(shop: Shop, instance: UUID) -> int:
    with signed_in(shop.buyer.scope, instance) as options, psycopg.connect(**options) as connection:
        return connection.info.server_version // 10000


def test_a_database_is_upgraded_without_a_lost_row_and_returns_to_what_it_was(shop_with_storage: Shop) -> None:
    shop, scope = shop_with_storage, shop_with_storage.buyer.scope
    shop.worker.start()
    instance = ordered(shop)
    assert version(shop, instance) == 15
    with signed_in(scope, instance) as options, psycopg.connect(**options) as connection:
        connection.execute("create table words (word text primary key, tags hstore)")
        connection.execute(
            "insert into words select md5(n::text), hstore('n', n::text) from generate_series(1, 20000) n"
        )
        connection.execute("create table catalogue (of regproc)")
    done(shop, commands.create_binding(scope, instance, "lecteur", BindingRole.READER))
    back_up(shop, instance, BackupKind.FULL)

    failed = commands.rehearse_upgrade(scope, instance, "17")
    assert until(lambda: operation(scope, failed).state in {"failed", "succeeded"}, 240), shop.worker.log
    report = operation(scope, failed).result
    assert operation(scope, failed).state == "failed"
    assert any("public.catalogue.of" in each for each in report["obstacles"][0]["found"]), report
    with pytest.raises(errors.NotRehearsed):
        commands.upgrade_instance(scope, instance, "17")

    with signed_in(scope, instance) as options, psycopg.connect(**options) as connection:
        connection.execute("drop table catalogue")
    back_up(shop, instance, BackupKind.DIFFERENTIAL)
    report = done(shop, commands.rehearse_upgrade(scope, instance, "17"), 300)
    assert report["before"] == report["after"]
    assert version(shop, instance) == 15
    logging.getLogger("souk").warning("rehearsed %s", report)

    instant, before = clock.now(), service(scope, instance)
    with written_to(shop, instance) as writer:
        result = done(shop, commands.upgrade_instance(scope, instance, "17"), 300)
        assert until(lambda: len(writer.outages) > 0)
        more = len(writer.acknowledged) + 20
        assert until(lambda: len(writer.acknowledged) > more)
    logging.getLogger("souk").warning("outages %s, %s", writer.outages, result)
    after = service(scope, instance)
    assert (after.state, after.hostname, after.parameters["version"]) == ("ready", before.hostname, "17")
    assert version(shop, instance) == 17
    with signed_in(scope, instance) as options:
        assert set(writer.acknowledged) <= there(options)
        with psycopg.connect(**options) as connection:
            assert connection.execute("select count(*) from words").fetchone() == (20000,)
    assert max(writer.outages) < MOST_SECONDS
    with signed_in(scope, instance, "lecteur") as options, psycopg.connect(**options) as reader:
        assert reader.execute("select count(*) from words").fetchone() == (20000,)
        with pytest.raises(psycopg.Error):
            reader.execute("delete from words")

    # What is written from now on is kept in a history of its own; what was before is restored with the version of then.
    upgraded = clock.now()
    assert until(
        lambda: any(
            row.state == "available" and row.finished_at and row.finished_at > upgraded - timedelta(seconds=60)
            for row in backups(scope, instance).backups[:1]
        ),
        180,
    ), shop.worker.log
    with pytest.raises(errors.BeforeUpgrade):
        commands.restore_in_place(scope, instance, instant, give_up_way_back=True)
    made = ordering.restore(scope, RestoreDetails(instance, "alors", instant))
    assert until(lambda: order(scope, made).state not in {"placed", "provisioning"}, 240), shop.worker.log
    assert order(scope, made).state == "fulfilled", shop.worker.log
    assert version(shop, order(scope, made).instance_id) == 15

    done(shop, commands.undo_restore(scope, instance), 240)
    assert version(shop, instance) == 15
    assert service(scope, instance).parameters["version"] == "15"
    with signed_in(scope, instance) as options, psycopg.connect(**options) as connection:
        assert connection.execute("select count(*) from words").fetchone() == (20000,)
        [(slots,)] = connection.execute("select count(*) from pg_replication_slots").fetchall()
        assert slots == 0
    back_up(shop, instance, BackupKind.FULL)
