"""A stack of a database and a machine on the real engine, its worker killed while it is made and while it goes."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.engine.conftest import image_cache
from tests.engine.machine.conftest import key_pair
from tests.engine.reconciler.conftest import Shop, opened
from tests.engine.reconciler.test_killed_for_real import SEED, until
from tests.support import stacks
from tests.support.connecting import signed_in
from tests.support.workers import Worker
from tests.support.world import operator

from souk.blueprints.machine import BLUEPRINT as MACHINE
from souk.blueprints.postgresql import BLUEPRINT as POSTGRESQL
from souk.engines import images
from souk.engines.incus import IncusEngine
from souk.ordering.queries import subscription_of
from souk.provisioning import commands
from souk.provisioning.queries import machines, service, services
from souk.stacks.commands import PartDetails

pytestmark = pytest.mark.engine
PARTS = {"s": {"base": PartDetails("postgresql", "s"), "serveur": PartDetails("machine", "s")}}


@pytest.fixture
def shop(own_database: str, incus: IncusEngine, image: str, tmp_path: Path) -> Iterator[Shop]:
    images.ensure(incus, MACHINE.recipe, image_cache())
    with opened(incus, Worker(tmp_path / "worker.log"), POSTGRESQL, MACHINE) as shop:
        stacks.publish(
            stacks.details(PARTS, questions={"keys": ["serveur.ssh_keys"]}), seller=stacks.seller("postgresql")
        )
        yield shop


def test_each_part_runs_once_and_nothing_is_left_whenever_the_worker_dies(shop: Shop, tmp_path: Path) -> None:
    chance, scope = random.Random(SEED), shop.buyer.scope
    stack = stacks.order(shop.buyer, keys=[key_pair(tmp_path).public])
    for _ in range(3):
        shop.worker.start()
        time.sleep(chance.uniform(0.8, 3.0))
        shop.worker.kill()
    shop.worker.start()
    assert until(lambda: service(scope, stack).state == "ready"), shop.worker.log
    made = stacks.parts(shop.buyer, stack)
    assert {name: row.state for name, row in made.items()} == {"base": "ready", "serveur": "ready"}
    assert shop.made() == {row.name for row in machines(operator())}
    assert len(shop.made()) == 2
    assert until(lambda: subscription_of(scope, stack).state == "active")
    with signed_in(scope, made["base"].id) as options, psycopg.connect(**options) as client:
        assert client.execute("select 1").fetchone() == (1,)

    commands.erase_instance(scope, stack)
    time.sleep(chance.uniform(0.05, 1.0))
    shop.worker.kill()
    shop.worker.start()
    assert until(lambda: services(scope) == []), shop.worker.log
    assert shop.made() == set()
