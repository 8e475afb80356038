"""The site's object storage is updated while a service is backed up there: the backup goes on."""

from __future__ import annotations

import logging
from pathlib import Path

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until
from tests.engine.reconciler.test_updating import done, newer_image
from tests.support.connecting import signed_in
from tests.support.world import operator

from souk.blueprints.objectstorage import BLUEPRINT as STORAGE
from souk.ordering.queries import subscription_of
from souk.provisioning import commands
from souk.provisioning.contract import BackupKind
from souk.provisioning.queries import backups, operation, release, service, services
from souk.provisioning.storage import storage_of
from souk.sites.queries import sites

pytestmark = pytest.mark.engine
FILL = "create table numbers as select n, repeat(md5(random()::text), 8) as text from generate_series(1, 600000) n"


def test_a_backup_goes_on_while_another_machine_takes_over_where_it_goes(
    shop_with_storage: Shop, tmp_path: Path
) -> None:
    shop, scope = shop_with_storage, shop_with_storage.buyer.scope
    shop.worker.start()
    instance = shop.order("compta")
    assert until(lambda: subscription_of(scope, instance).state == "active"), shop.worker.log
    assert until(lambda: all(row.state == "ready" for row in services(operator()))), shop.worker.log
    storage = storage_of(sites()[0].id)
    assert storage is not None
    assert until(lambda: release(operator(), storage).image != "", 60)
    before = service(operator(), storage)
    with signed_in(scope, instance) as options, psycopg.connect(**options) as connection:
        connection.execute(FILL)
    with newer_image(shop.engine, tmp_path, STORAGE.recipe):
        backup = commands.back_up_instance(scope, instance, BackupKind.FULL)
        assert until(lambda: operation(scope, backup).state == "running", 30)
        update = commands.update_instance(operator(), storage)
        result = done(shop, update, scope=operator())
        meanwhile = operation(scope, backup).state
        done(shop, backup)
    assert until(lambda: service(operator(), storage).state == "ready", 60), shop.worker.log
    logging.getLogger("souk").warning("%s, backup then %s", result, meanwhile)
    after = service(operator(), storage)
    assert (after.address, after.hostname) == (before.address, before.hostname)
    assert result["from"] == result["to"] != ""
    assert [row.kind for row in backups(scope, instance).backups] == ["full"]
    assert not release(operator(), storage).available
