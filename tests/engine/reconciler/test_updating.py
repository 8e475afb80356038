"""A database is updated on the real engine while it is written to: no acknowledged row is lost, seconds are."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from tests.engine.conftest import image_cache
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_backups import back_up
from tests.engine.reconciler.test_killed_for_real import KILLS, SEED, until
from tests.support.connecting import signed_in
from tests.support.world import operator
from tests.support.writing import MOST_SECONDS, Writer

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines import images
from souk.engines.images import Recipe
from souk.engines.images.importer import DIGEST
from souk.engines.incus import IncusEngine
from souk.kernel import clock
from souk.kernel.scope import Scope
from souk.ordering import commands as ordering
from souk.ordering.commands import RestoreDetails
from souk.ordering.queries import order, subscription_of
from souk.provisioning import commands
from souk.provisioning.contract import BackupKind, BindingRole
from souk.provisioning.queries import operation, release, service, services
from souk.provisioning.reconciler.resync import resync
from souk.settings import namespace

pytestmark = pytest.mark.engine
EMPTY_FRAME = bytes.fromhex("502a4d1800000000")
"""What zstd skips: the same image with it is another one."""


@contextmanager
def newer_image(engine: IncusEngine, folder: Path, recipe: Recipe = BLUEPRINT.recipe) -> Iterator[None]:
    """Inside the block there is a newer image, of PostgreSQL if it is not said of what, with the same in it."""
    built = images.build(recipe, image_cache())
    properties = {DIGEST: built.digest, "description": recipe.description}
    newer = folder / "newer.tar.zst"
    newer.write_bytes(built.path.read_bytes() + EMPTY_FRAME)
    engine.import_image(str(newer), recipe.alias, properties)
    try:
        resync(engine)
        yield
    finally:
        engine.import_image(str(built.path), recipe.alias, properties)


def done(shop: Shop, asked: UUID, within: float = 180, scope: Scope | None = None) -> dict[str, Any]:
    """Wait for an operation, the buyer's if it is not said who asked; what came of it."""
    over, scope = {"succeeded", "failed", "cancelled"}, scope or shop.buyer.scope
    assert until(lambda: operation(scope, asked).state in over, within), shop.worker.log
    found = operation(scope, asked)
    assert found.state == "succeeded", shop.worker.log
    return found.result


def there(options: dict[str, Any]) -> set[int]:
    """The numbers that a writer wrote."""
    with psycopg.connect(**options) as connection:
        return {row[0] for row in connection.execute("select n from acknowledged")}


@contextmanager
def written_to(shop: Shop, instance: UUID) -> Iterator[Writer]:
    """A client that goes where the service's name leads."""
    with signed_in(shop.buyer.scope, instance) as options:
        names = namespace.current().dns_hosts

        def now() -> dict[str, Any]:
            return {**options, "hostaddr": names_of(names)[options["host"]]}

        with Writer(now) as writer:
            assert until(lambda: len(writer.acknowledged) > 20)
            yield writer


def names_of(folder: Path) -> dict[str, str]:
    """What the site's names mean now."""
    found = {}
    for file in (each for each in folder.iterdir() if not each.name.startswith(".")):
        for line in file.read_text().splitlines():
            address, *hosts = line.split()
            found.update(dict.fromkeys(hosts, address))
    return found


def test_a_database_is_updated_without_a_lost_row_and_its_history_has_no_gap(
    shop_with_storage: Shop, tmp_path: Path
) -> None:
    shop, scope = shop_with_storage, shop_with_storage.buyer.scope
    shop.worker.start()
    instance = shop.order("compta")
    assert until(lambda: subscription_of(scope, instance).state == "active"), shop.worker.log
    assert until(lambda: all(row.state == "ready" for row in services(operator()))), shop.worker.log
    done(shop, commands.create_binding(scope, instance, "lecteur", BindingRole.READER))
    back_up(shop, instance, BackupKind.FULL)
    assert until(lambda: release(scope, instance).image != "", 60)
    before = service(scope, instance)
    with newer_image(shop.engine, tmp_path):
        assert until(lambda: release(scope, instance).available, 60)
        assert release(scope, instance).version.startswith("17.")
        with written_to(shop, instance) as writer:
            result = done(shop, commands.update_instance(scope, instance))
            assert until(lambda: len(writer.outages) > 0)
            more = len(writer.acknowledged) + 20
            assert until(lambda: len(writer.acknowledged) > more)
        assert not release(scope, instance).available
    # What was asked for meanwhile, such as the proof of a backup, is done first.
    assert until(lambda: service(scope, instance).state == "ready", 120), shop.worker.log
    after = service(scope, instance)
    logging.getLogger("souk").warning("outages %s, %s", writer.outages, result)
    assert (after.state, after.hostname, after.address != before.address) == ("ready", before.hostname, True)
    with signed_in(scope, instance) as options:
        assert set(writer.acknowledged) <= there(options)
    assert max(writer.outages) < MOST_SECONDS
    with signed_in(scope, instance, "lecteur") as options, psycopg.connect(**options) as reader:
        assert reader.execute("select count(*) > 0 from acknowledged").fetchone() == (True,)
        with pytest.raises(psycopg.Error):
            reader.execute("insert into acknowledged values (-1)")
    assert until(lambda: len([name for name in shop.made() if not name.startswith("os-")]) == 1, 60)
    # From the backup that the machine before made, an instant at which the next one served is reached.
    instant = clock.now() - timedelta(seconds=0)
    assert until(lambda: clock.now() > instant + timedelta(seconds=2))
    made = ordering.restore(scope, RestoreDetails(instance, "alors", instant))
    assert until(lambda: order(scope, made).state not in {"placed", "provisioning"}, 180), shop.worker.log
    assert order(scope, made).state == "fulfilled", shop.worker.log
    with signed_in(scope, order(scope, made).instance_id) as options:
        assert set(writer.acknowledged) <= there(options)


def test_an_update_survives_the_kills_of_its_worker(shop: Shop, tmp_path: Path) -> None:
    shop.worker.start()
    scope, chance = shop.buyer.scope, random.Random(SEED)
    instance = shop.order("compta")
    assert until(lambda: release(scope, instance).image != "", 60), shop.worker.log
    (before,) = shop.made()
    with newer_image(shop.engine, tmp_path), written_to(shop, instance) as writer:
        asked = commands.update_instance(scope, instance)
        for _ in range(KILLS):
            time.sleep(chance.uniform(1.0, 7.0))
            shop.worker.kill()
            shop.worker.start()
        done(shop, asked)
        more = len(writer.acknowledged) + 20
        assert until(lambda: len(writer.acknowledged) > more)
    logging.getLogger("souk").warning("outages %s", writer.outages)
    with signed_in(scope, instance) as options:
        assert set(writer.acknowledged) <= there(options)
    assert until(lambda: len(shop.made()) == 1, 60)
    assert shop.made() != {before}
