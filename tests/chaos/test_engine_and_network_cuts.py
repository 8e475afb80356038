"""The engine out of reach and the host's network down at random moments, while services are ordered and deleted."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from tests.engine.conftest import image, incus
from tests.engine.reconciler.conftest import Shop, shop
from tests.support.connecting import signed_in
from tests.support.invariants import hold
from tests.support.looping import looping, until
from tests.support.reconciling import forget_leases
from tests.support.unsteady import Unsteady

from souk.engines.incus import IncusEngine, UnixSocket
from souk.provisioning import commands
from souk.provisioning.queries import service, services
from souk.provisioning.reconciler.converge import Ground
from souk.settings import namespace
from souk.sites.names import Names

__all__ = ["image", "incus", "shop"]
pytestmark = [pytest.mark.chaos, pytest.mark.engine]
ENGINE_KILLS = int(os.environ.get("SOUK_CHAOS_ENGINE_KILLS", "20"))
NETWORK_CUTS = int(os.environ.get("SOUK_CHAOS_NETWORK_CUTS", "6"))
SEED = int(os.environ.get("SOUK_SEED", "20261126"))


@pytest.fixture
def unsteady(tmp_path: Path) -> Iterator[Unsteady]:
    made = Unsteady(tmp_path / "incus.socket")
    yield made
    made.close()


def test_an_engine_that_is_killed_again_and_again_loses_and_doubles_nothing(
    shop: Shop, unsteady: Unsteady, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    names = tmp_path / "names"
    names.mkdir()
    engine = IncusEngine.connect(namespace.current(), UnixSocket(unsteady.path))
    wanted: set[UUID] = set()
    cut = 0
    with looping(Ground(engine, Names(names))):
        for number in range(ENGINE_KILLS):
            if len(wanted) < 3:
                wanted.add(shop.order(f"n{number}"))
            elif chance.random() < 0.5:
                gone = chance.choice(sorted(wanted))
                wanted.discard(gone)
                commands.erase_instance(shop.buyer.scope, gone)
            time.sleep(chance.uniform(0.0, 3.0))
            cut += unsteady.kill()
            time.sleep(chance.uniform(0.1, 2.0))
            unsteady.rise()
            forget_leases()
        assert until(lambda: settled(shop, wanted), 240), f"seed {SEED}"
    hold(shop.engine, shop.buyer, wanted, mine="pg-")
    for instance in wanted:
        _answers(shop, instance)
    record_property("engine kills", ENGINE_KILLS)
    record_property("connections cut", cut)
    record_property("seed", SEED)


def test_a_host_whose_network_is_cut_again_and_again_has_all_its_services_after_it(
    shop: Shop, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    shop.worker.start()
    wanted = {shop.order("n0")}
    assert until(lambda: settled(shop, wanted), 120), shop.worker.log
    before = shop.made()
    try:
        for number in range(NETWORK_CUTS):
            if number % 2 == 0:
                wanted.add(shop.order(f"n{number + 1}"))
            time.sleep(chance.uniform(0.0, 3.0))
            _network("down")
            time.sleep(chance.uniform(1.0, 6.0))
            _network("up")
    finally:
        _network("up")
    assert until(lambda: settled(shop, wanted), 240), shop.worker.log
    hold(shop.engine, shop.buyer, wanted, mine="pg-")
    assert before <= shop.made()
    for instance in wanted:
        _answers(shop, instance)
    record_property("network cuts", NETWORK_CUTS)
    record_property("services at the end", len(wanted))
    record_property("seed", SEED)


def _network(state: str) -> None:
    subprocess.run(["ip", "link", "set", namespace.current().bridge, state], check=True)


def settled(shop: Shop, wanted: set[UUID]) -> bool:
    """Whether exactly these services are there, ready and without trouble."""
    rows = services(shop.buyer.scope)
    return {row.id for row in rows} == wanted and all(
        (row.state, service(shop.buyer.scope, row.id).trouble) == ("ready", "") for row in rows
    )


def _answers(shop: Shop, instance: UUID) -> None:
    """By the worker's word and password, over verified TLS."""
    if shop.worker.running:
        with signed_in(shop.buyer.scope, instance) as options, psycopg.connect(**options) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
