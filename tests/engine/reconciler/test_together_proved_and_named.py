"""A service on several machines, for real: its backup agrees with the leader's data, and each machine has its names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.engine.conftest import image_cache
from tests.engine.reconciler.conftest import Shop, opened
from tests.engine.reconciler.test_backups import back_up, write
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in
from tests.support.dns import Zone, zone
from tests.support.workers import Worker
from tests.support.world import operator

from souk.blueprints.coordination import BLUEPRINT as COORDINATION
from souk.blueprints.objectstorage import BLUEPRINT as STORAGE
from souk.blueprints.postgresql import BLUEPRINT
from souk.engines import images
from souk.engines.incus import IncusEngine
from souk.ordering.queries import subscription_of
from souk.provisioning import commands
from souk.provisioning.own_names import own_names
from souk.provisioning.queries import backups, operation, operations, services

pytestmark = pytest.mark.engine
NAME = "compta.example.ma"


@pytest.fixture
def dns() -> Iterator[Zone]:
    with zone() as served:
        yield served


@pytest.fixture
def shop(own_database: str, incus: IncusEngine, image: str, tmp_path: Path, dns: Zone) -> Iterator[Shop]:
    for blueprint in (STORAGE, COORDINATION):
        images.ensure(incus, blueprint.recipe, image_cache())
    worker = Worker(tmp_path / "worker.log", storage="own", told={"SOUK_DNS_RESOLVERS": dns.address})
    with opened(incus, worker, BLUEPRINT, STORAGE, COORDINATION) as shop:
        shop.worker.start()
        yield shop


def test_its_backup_agrees_and_a_name_is_good_whichever_machine_leads(shop: Shop, dns: Zone) -> None:
    scope, instance = shop.buyer.scope, shop.order("compta", plan="s-ha")
    assert until(lambda: subscription_of(scope, instance).state == "active"), shop.worker.log
    assert until(lambda: all(row.state == "ready" for row in services(operator()))), shop.worker.log
    write(shop, instance, 1, 1000)
    back_up(shop, instance)
    assert until(lambda: backups(scope, instance).proved_at is not None), (
        operations(scope, instance)[0],
        shop.worker.log,
    )
    commands.add_name(scope, instance, NAME)
    dns.publish({row.record: row.text for row in own_names(scope, instance)})
    for ask in (
        lambda: commands.prove_name(scope, instance, NAME),
        lambda: commands.switch_over(scope, instance),
    ):
        asked = ask()
        assert until(lambda asked=asked: operation(scope, asked).finished_at is not None), shop.worker.log
        assert operation(scope, asked).state == "succeeded", shop.worker.log
        with signed_in(scope, instance) as options:
            _connects({**options, "host": NAME})


def _connects(options: dict[str, Any]) -> None:
    """Within the seconds that the machine in front takes to see who leads."""
    said = ""
    for _ in range(50):
        try:
            psycopg.connect(**options).close()
            return
        except psycopg.OperationalError as error:
            said = str(error)
            time.sleep(0.2)
    raise AssertionError(said)
