"""A highly available database is updated on the real engine while it is written to: no acknowledged row is lost."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until
from tests.engine.reconciler.test_updating import done, newer_image, there
from tests.support.connecting import signed_in
from tests.support.writing import MOST_SECONDS, Writer

from souk.provisioning import commands
from souk.provisioning.queries import release, service

pytestmark = pytest.mark.engine


def test_three_machines_are_made_anew_without_a_lost_row(shop_of_many: Shop, tmp_path: Path) -> None:
    shop, scope = shop_of_many, shop_of_many.buyer.scope
    shop.worker.start()
    instance = shop.order("compta", plan="s-ha")
    assert until(lambda: service(scope, instance).state == "ready", 120), shop.worker.log
    assert until(lambda: release(scope, instance).image != "", 60)
    with newer_image(shop.engine, tmp_path), signed_in(scope, instance) as options, Writer(options) as writer:
        assert until(lambda: release(scope, instance).available, 60)
        assert until(lambda: len(writer.acknowledged) > 20)
        result = done(shop, commands.update_instance(scope, instance), 300)
        more = len(writer.acknowledged) + 20
        assert until(lambda: len(writer.acknowledged) > more)
        newest = release(scope, instance)
    logging.getLogger("souk").warning("outages %s, %s", writer.outages, result)
    with signed_in(scope, instance) as options:
        assert set(writer.acknowledged) <= there(options)
    assert not newest.available
    assert max(writer.outages) < MOST_SECONDS
