"""A real PostgreSQL reached from the world by its public address: verified in full, by whom its list lets in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.engine.reconciler.conftest import Shop, opened
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.outside import Outside, outside
from tests.support.workers import Worker
from tests.support.world import operator

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.exposure import Exposure
from souk.engines.incus import IncusEngine
from souk.ordering import commands as ordering
from souk.provisioning import commands
from souk.provisioning.addresses import reach
from souk.provisioning.credentials import Credentials, reveal
from souk.provisioning.queries import operation, service
from souk.provisioning.reconciler.resync import resync
from souk.sites.queries import sites

pytestmark = pytest.mark.engine

_ASK = """
import psycopg, sys
host, address, port, user, database, authority = sys.argv[1:]
with psycopg.connect(host=host, hostaddr=address, port=port, user=user, dbname=database, password=sys.stdin.read(),
                     sslmode="verify-full", sslrootcert=authority, connect_timeout=4) as connection:
    print(connection.execute("select 41 + 1").fetchone()[0])
"""


@pytest.fixture
def shop(own_database: str, incus: IncusEngine, image: str, tmp_path: Path) -> Iterator[Shop]:
    with opened(incus, Worker(tmp_path / "worker.log"), BLUEPRINT) as shop:
        shop.worker.start()
        yield shop
        incus.keep_ranges([])


def _done(shop: Shop, asked: UUID) -> None:
    assert until(lambda: operation(shop.buyer.scope, asked).finished_at is not None), shop.worker.log
    assert operation(shop.buyer.scope, asked).state == "succeeded", shop.worker.log


def _answer(world: Outside, found: Credentials, host: str, folder: Path) -> str:
    """What a client out there gets that connects to a host by its public address, and checks whom it reached."""
    authority = folder / "ca.pem"
    authority.write_text(found.authority)
    words = (host, found.public_address, "5432", found.username, found.connection.fields["database"], str(authority))
    done = world.run(sys.executable, "-c", _ASK, *words, stdin=found.password)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_a_database_is_reached_from_the_world_verified_in_full_by_its_address_and_its_name_and_by_its_list_only(
    shop: Shop, tmp_path: Path
) -> None:
    scope = shop.buyer.scope
    with outside() as world:
        commands.add_range(operator(), sites()[0].id, str(world.pool))
        instance = shop.order("compta")
        assert until(lambda: service(scope, instance).state == "ready"), shop.worker.log
        assert not world.tcp(str(service(scope, instance).address), 5432)
        _done(shop, ordering.give_address(scope, instance))
        found = reveal(scope, instance)
        for host in (found.public_address, reach(scope, instance).hostname):
            assert _answer(world, found, host, tmp_path) == "42"
        assert not world.tcp(found.public_address, 22)

        _done(shop, commands.allow_networks(scope, instance, [commands.Network("192.0.2.9")], confirmed=True))
        assert not world.tcp(found.public_address, 5432)
        _done(shop, commands.allow_networks(scope, instance, [commands.Network(world.address)], confirmed=True))
        assert _answer(world, found, found.public_address, tmp_path) == "42"

        # A firewall that somebody emptied is filled by the next listing.
        (machine,) = (each for each in shop.engine.machines() if each.name in shop.made())
        assert machine.address is not None
        shop.engine.keep_ranges([])
        shop.engine.expose(Exposure(machine.address))
        assert not world.tcp(found.public_address, 5432)
        resync(shop.engine)
        assert until(lambda: world.tcp(found.public_address, 5432)), shop.worker.log

        _done(shop, commands.take_address(scope, instance))
        assert not world.tcp(found.public_address, 5432)
        assert reach(scope, instance).state == "none"
