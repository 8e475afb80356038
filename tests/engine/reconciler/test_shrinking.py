"""A smaller disk on the real engine: what does not fit where it is goes to a smaller machine, without a lost row."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until
from tests.engine.reconciler.test_updating import done, there, written_to
from tests.support.connecting import signed_in
from tests.support.writing import MOST_SECONDS

from souk.blueprints.postgresql.sizing import SYSTEM_DISK
from souk.kernel.ids import new_id
from souk.ordering.queries import subscription_of
from souk.provisioning import commands
from souk.provisioning.contract import Size
from souk.provisioning.queries import operation, service

pytestmark = pytest.mark.engine
MIB, GIB = 1024**2, 1024**3


def test_data_goes_to_a_smaller_machine_or_is_refused_in_numbers(shop: Shop) -> None:
    scope = shop.buyer.scope
    shop.worker.start()
    instance = shop.order("compta")
    assert until(lambda: subscription_of(scope, instance).state == "active"), shop.worker.log
    (before,) = shop.made()
    smaller = Size(1, GIB, GIB)
    # What lies on the disk and is no data: more than the smaller one has.
    filled = shop.engine.execute(before, ["fallocate", "--length", str(2 * GIB), "/var/lib/souk.filling"])
    assert filled.exit_code == 0, filled.stderr
    with written_to(shop, instance) as writer:
        done(shop, commands.resize_instance(scope, instance, smaller, order=new_id()))
        more = len(writer.acknowledged) + 20
        assert until(lambda: len(writer.acknowledged) > more)
    logging.getLogger("souk").warning("outages %s", writer.outages)
    with signed_in(scope, instance) as options:
        assert set(writer.acknowledged) <= there(options)
    assert max(writer.outages) < MOST_SECONDS
    assert until(lambda: len(shop.made()) == 1, 60)
    (after,) = shop.made()
    machine = shop.engine.machine(after)
    assert machine is not None
    assert (after != before, machine.limits.disk) == (True, GIB + SYSTEM_DISK)

    filled = shop.engine.execute(after, ["fallocate", "--length", str(GIB), "/var/lib/souk.filling"])
    assert filled.exit_code == 0, filled.stderr
    asked = commands.resize_instance(scope, instance, replace(smaller, disk=256 * MIB), order=new_id())
    assert until(lambda: operation(scope, asked).state == "failed", 60), shop.worker.log
    assert "0.2 GiB" in operation(scope, asked).why
    row = service(scope, instance)
    assert (row.state, row.disk, shop.made()) == ("ready", GIB, {after})
