"""A service on three machines restored in place on the real engine, undone, led by others: each time what was then."""

from __future__ import annotations

import logging
from uuid import UUID

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_backups import back_up, numbers, write
from tests.engine.reconciler.test_high_availability import leader, whole
from tests.engine.reconciler.test_killed_for_real import until
from tests.engine.reconciler.test_updating import done, there, written_to
from tests.support.connecting import signed_in
from tests.support.world import operator
from tests.support.writing import MOST_SECONDS, Writer

from souk.ordering import commands as ordering
from souk.ordering.commands import RestoreDetails
from souk.ordering.queries import order, subscription_of
from souk.provisioning import commands
from souk.provisioning.contract import BackupKind, BindingRole
from souk.provisioning.queries import backups, operations, service, services

pytestmark = pytest.mark.engine
_LOG = logging.getLogger("souk")


def _whole(shop: Shop, instance: UUID) -> None:
    assert until(lambda: service(shop.buyer.scope, instance).state == "ready", 180), shop.worker.log
    assert until(lambda: whole(shop, instance), 90), shop.worker.log


def _another_leads(shop: Shop, instance: UUID) -> None:
    led = leader(shop, instance)
    shop.engine.stop(led, force=True)
    assert until(lambda: leader(shop, instance) not in ("", led), 60), shop.worker.log
    _whole(shop, instance)


def _rested(shop: Shop, instance: UUID) -> None:
    """What was asked for by itself, such as the backup after an exchange, is done."""
    scope, over = shop.buyer.scope, {"succeeded", "failed", "cancelled"}
    assert until(lambda: all(row.state in over for row in operations(scope, instance)), 240), shop.worker.log
    assert {row.state for row in backups(shop.buyer.scope, instance).backups} == {"available"}


@pytest.mark.parametrize("times", [1, pytest.param(3, marks=pytest.mark.chaos)])
def test_three_machines_go_back_to_an_instant_and_forth_again(shop_of_many_with_storage: Shop, times: int) -> None:
    """What the repository knows of each of the `times`, told from the others, begins another service."""
    shop, scope = shop_of_many_with_storage, shop_of_many_with_storage.buyer.scope
    shop.worker.start()
    instance = shop.order("compta", "s-ha")
    assert until(lambda: subscription_of(scope, instance).state == "active"), shop.worker.log
    assert until(lambda: all(row.state == "ready" for row in services(operator()))), shop.worker.log
    _whole(shop, instance)
    with written_to(shop, instance):
        write(shop, instance, 1, 1000)
    back_up(shop, instance, BackupKind.FULL)
    _another_leads(shop, instance)
    instant = write(shop, instance, 1001, 2000)
    write(shop, instance, 2001, 3000)
    done(shop, commands.create_binding(scope, instance, "lecteur", BindingRole.READER))
    before = service(scope, instance)

    with written_to(shop, instance) as writer:
        done(shop, commands.restore_in_place(scope, instance, instant))
        assert until(lambda: _numbers(shop, instance) == list(range(1, 2001)), 60)
        assert until(lambda: len(writer.outages) > 0)
    _LOG.warning("restored: outages %s", [round(each, 1) for each in writer.outages])
    _whole(shop, instance)
    assert max(writer.outages) < MOST_SECONDS
    after = service(scope, instance)
    assert (after.hostname, after.address) == (before.hostname, before.address)
    with signed_in(scope, instance, "lecteur") as options, psycopg.connect(**options) as reader:
        assert reader.execute("select count(*) from numbers").fetchone() == (2000,)
        with pytest.raises(psycopg.Error):
            reader.execute("insert into numbers values (0)")
    _rested(shop, instance)
    _another_leads(shop, instance)
    then = write(shop, instance, 5001, 5010)

    done(shop, commands.undo_restore(scope, instance))
    _whole(shop, instance)
    assert numbers(shop, instance) == list(range(1, 3001))
    with signed_in(scope, instance) as options:
        assert _before_the_outage(writer) <= there(options)
    _rested(shop, instance)
    # Who leads next counts on from what the repository knows of the time that was undone.
    _another_leads(shop, instance)
    last = write(shop, instance, 7001, 7010)
    back_up(shop, instance)

    for name, moment, found in (
        ("enfin", last, [*range(1, 3001), *range(7001, 7011)]),
        ("puis", then, [*range(1, 2001), *range(5001, 5011)]),
        ("alors", instant, list(range(1, 2001))),
    )[:times]:
        made = ordering.restore(scope, RestoreDetails(instance, name, moment))
        assert until(lambda made=made: order(scope, made).state not in {"placed", "provisioning"}, 180), shop.worker.log
        copy = order(scope, made).instance_id
        assert numbers(shop, copy) == found, name
        commands.erase_instance(scope, copy)

    if times > 1:
        done(shop, commands.restore_in_place(scope, instance, instant, give_up_way_back=True))
        _whole(shop, instance)
        assert numbers(shop, instance) == list(range(1, 2001))
        assert len([name for name in shop.made() if name.startswith(before.label)]) == 5


def _before_the_outage(writer: Writer) -> set[int]:
    """What was acknowledged by the machines before: the numbers go on rising, but for what the outage took."""
    return set(writer.acknowledged[: writer.broken_at[0]])


def _numbers(shop: Shop, instance: UUID) -> list[int]:
    """The same, or nothing while the service does not answer."""
    try:
        return numbers(shop, instance)
    except psycopg.Error:
        return []
