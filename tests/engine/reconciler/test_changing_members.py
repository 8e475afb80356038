"""One machine becomes three, and three one, on the real engine while a client writes: no acknowledged row is lost."""

from __future__ import annotations

import logging
import random
import time
from uuid import UUID

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_backups import back_up
from tests.engine.reconciler.test_high_availability import leader, whole
from tests.engine.reconciler.test_killed_for_real import KILLS, SEED, until
from tests.engine.reconciler.test_updating import done, there, written_to
from tests.support.connecting import signed_in
from tests.support.following import catch_up
from tests.support.world import operator
from tests.support.writing import MOST_SECONDS, Writer

from souk.blueprints.postgresql.ensembles import READING
from souk.kernel import clock
from souk.ordering import commands as ordering
from souk.ordering.commands import RestoreDetails
from souk.ordering.queries import order, subscription_of
from souk.provisioning import commands
from souk.provisioning.commands import Network
from souk.provisioning.contract import BackupKind, BindingRole
from souk.provisioning.queries import operations, service, services

pytestmark = pytest.mark.engine
_LOG = logging.getLogger("souk")


def change(shop: Shop, instance: UUID, plan: str, within: float = 240) -> None:
    """Order a plan and wait until it is reached."""
    made = ordering.change_plan(shop.buyer.scope, instance, plan)
    over = {"fulfilled", "failed", "cancelled"}
    assert until(lambda: order(shop.buyer.scope, made).state in over, within), shop.worker.log
    catch_up()
    assert order(shop.buyer.scope, made).state == "fulfilled", shop.worker.log


def _under_load(shop: Shop, instance: UUID, plan: str) -> Writer:
    with written_to(shop, instance) as writer:
        change(shop, instance, plan)
        more = len(writer.acknowledged) + 20
        assert until(lambda: len(writer.acknowledged) > more), shop.worker.log
    _LOG.warning("to %s: outages %s", plan, [round(each, 1) for each in writer.outages])
    with signed_in(shop.buyer.scope, instance) as options:
        assert set(writer.acknowledged) <= there(options)
    assert max(writer.outages) < MOST_SECONDS
    return writer


def _is_as_it_was(shop: Shop, instance: UUID) -> None:
    """Who signs in, to what, from where, and through what."""
    with signed_in(shop.buyer.scope, instance, "lecteur") as options, psycopg.connect(**options) as reader:
        assert reader.execute("select count(*) > 0 from acknowledged").fetchone() == (True,)
        with pytest.raises(psycopg.Error):
            reader.execute("insert into acknowledged values (-1)")
    with signed_in(shop.buyer.scope, instance) as options:
        with psycopg.connect(**{**options, "dbname": "autre"}) as client:
            assert client.execute("select current_database()").fetchone() == ("autre",)
        with psycopg.connect(**options, port=6432) as client:
            assert client.execute("select 1").fetchone() == (1,)
        with psycopg.connect(**options) as client:
            kept = client.execute(
                "select (select count(*) from pg_replication_slots where active is false),"
                " (select count(*) from pg_roles where rolname ~ '^souk_re(plication|wind)$')"
            ).fetchone()
            members = service(shop.buyer.scope, instance).members
            assert kept == (0, 2 if members == 3 else 0)
            guarded = shop.engine.execute(_entrance(shop, instance), ["nft", "list", "table", "inet", "souk_guard"])
            assert "203.0.113.0/24" in guarded.stdout


def _entrance(shop: Shop, instance: UUID) -> str:
    address = service(shop.buyer.scope, instance).address
    return next(each.name for each in shop.engine.machines() if each.address == address)


def _mine(shop: Shop, instance: UUID) -> list[str]:
    label = service(shop.buyer.scope, instance).label
    return [name for name in shop.made() if name.startswith(label)]


def test_a_database_goes_to_three_machines_and_back_with_its_users_and_its_history(
    shop_of_many_with_storage: Shop,
) -> None:
    shop, scope = shop_of_many_with_storage, shop_of_many_with_storage.buyer.scope
    shop.worker.start()
    instance = shop.order("compta")
    assert until(lambda: subscription_of(scope, instance).state == "active"), shop.worker.log
    assert until(lambda: all(row.state == "ready" for row in services(operator()))), shop.worker.log
    done(shop, commands.create_binding(scope, instance, "lecteur", BindingRole.READER))
    done(shop, commands.create_database(scope, instance, "autre"))
    done(shop, commands.change_parameters(scope, instance, {"pool": "transaction"}))
    everyone = [Network("10.0.0.0/8", ""), Network("203.0.113.0/24", "")]
    done(shop, commands.allow_networks(scope, instance, everyone))
    back_up(shop, instance, BackupKind.FULL)
    before = service(scope, instance)

    first = _under_load(shop, instance, "s-ha")
    after = service(scope, instance)
    assert (after.hostname, after.address != before.address, after.members) == (before.hostname, True, 3)
    assert until(lambda: whole(shop, instance), 60), shop.worker.log
    _is_as_it_was(shop, instance)
    with signed_in(scope, instance) as options, psycopg.connect(**options, port=READING) as reader:
        assert reader.execute("select pg_is_in_recovery()").fetchone() == (True,)
    led = leader(shop, instance)
    shop.engine.stop(led, force=True)
    assert until(lambda: leader(shop, instance) not in ("", led), 60), shop.worker.log
    assert until(lambda: whole(shop, instance), 90), shop.worker.log
    time.sleep(1)
    instant = clock.now()
    time.sleep(1)

    second = _under_load(shop, instance, "s")
    last = service(scope, instance)
    assert (last.hostname, last.address != after.address, last.members) == (before.hostname, True, 1)
    assert len(_mine(shop, instance)) == 1
    _is_as_it_was(shop, instance)

    # From the backup that the one machine made, an instant at which another of the three led is reached, and the end.
    for name, until_then in (("alors", instant), ("copie", None)):
        made = ordering.restore(scope, RestoreDetails(instance, name, until_then))
        assert until(lambda made=made: order(scope, made).state not in {"placed", "provisioning"}, 180), shop.worker.log
        assert order(scope, made).state == "fulfilled", shop.worker.log
        with signed_in(scope, order(scope, made).instance_id) as options:
            found = there(options)
        assert set(first.acknowledged) <= found
        assert (set(second.acknowledged) <= found) == (until_then is None)


def test_changes_of_the_number_of_machines_survive_the_kills_of_their_worker(shop_of_many: Shop) -> None:
    shop, scope, chance = shop_of_many, shop_of_many.buyer.scope, random.Random(SEED)
    shop.worker.start()
    instance = shop.order("compta")
    assert until(lambda: subscription_of(scope, instance).state == "active"), shop.worker.log
    with written_to(shop, instance) as writer:
        for plan, machines in (("s-ha", 4), ("s", 1)):
            made = ordering.change_plan(scope, instance, plan)
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.5, 6.0))
                shop.worker.kill()
                shop.worker.start()
            assert until(lambda made=made: order(scope, made).state == "fulfilled", 240), shop.worker.log
            catch_up()
            assert until(lambda machines=machines: len(_mine(shop, instance)) == machines, 60)
            more = len(writer.acknowledged) + 20
            assert until(lambda more=more: len(writer.acknowledged) > more), shop.worker.log
    _LOG.warning("outages %s", [round(each, 1) for each in writer.outages])
    with signed_in(scope, instance) as options:
        assert set(writer.acknowledged) <= there(options)
    assert {row.state for row in operations(scope, instance) if row.kind == "resize"} == {"succeeded"}
