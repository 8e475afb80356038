"""A real PostgreSQL in a private network: reached there by its name, verified in full, and by its project only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from tests.engine.reconciler.conftest import Shop, opened
from tests.engine.reconciler.test_high_availability import whole
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in
from tests.support.workers import Worker
from tests.support.world import operator

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.kernel.scope import System, acting
from souk.provisioning import commands
from souk.provisioning.credentials import reveal
from souk.provisioning.models import InstanceState, Machine
from souk.provisioning.networks import attachment, networks
from souk.provisioning.queries import machines, operation, service
from souk.provisioning.reconciler import records

pytestmark = pytest.mark.engine


@pytest.fixture
def shop(own_database: str, incus: IncusEngine, image: str, tmp_path: Path) -> Iterator[Shop]:
    with opened(incus, Worker(tmp_path / "worker.log"), BLUEPRINT) as shop:
        shop.worker.start()
        yield shop


def _ready(shop: Shop, *instances: UUID) -> None:
    for each in instances:
        assert until(lambda each=each: service(shop.buyer.scope, each).state == InstanceState.READY), shop.worker.log


def _done(shop: Shop, asked: UUID) -> None:
    assert until(lambda: operation(shop.buyer.scope, asked).finished_at is not None), shop.worker.log
    assert operation(shop.buyer.scope, asked).state == "succeeded", shop.worker.log


def _bridges(shop: Shop) -> set[str]:
    """Those of this shop's networks that are on the engine."""
    known = records.bridges()
    return (known.wanted.keys() | known.unwanted.keys()) & set(shop.engine.networks())


def _machine(shop: Shop, instance: UUID) -> str:
    """The machine that clients connect to."""
    (found,) = [
        row.name for row in machines(operator()) if row.instance_id == instance and row.role in ("primary", "front")
    ]
    return found


def _asked_from(shop: Shop, client: UUID, server: UUID) -> str:
    """What a client in one service's machine gets from another service by its private name, verified in full."""
    found = reveal(shop.buyer.scope, server)
    inside = found.private
    assert inside is not None
    name = _machine(shop, client)
    shop.engine.push(name, "/tmp/ca.pem", found.authority.encode(), mode=0o644)
    uri = inside.uri.replace("PASSWORD", found.password)
    script = "cd /tmp && exec psql \"$(cat)&sslrootcert=/tmp/ca.pem&connect_timeout=3\" -Atc 'select 41 + 1'"
    whole = uri if "?" in uri else f"{uri}?"
    done = shop.engine.execute(name, ["sh", "-c", script], stdin=whole.encode())
    return done.stdout.strip() or done.stderr.strip()


def test_a_service_is_reached_in_its_network_verified_in_full_while_nobody_outside_reaches_it(shop: Shop) -> None:
    scope = shop.buyer.scope
    first, second, alone = (shop.order(name) for name in ("compta", "ventes", "seule"))
    _ready(shop, first, second, alone)
    with signed_in(scope, first) as options, psycopg.connect(**options, autocommit=True) as before:
        for each in (first, second):
            _done(shop, commands.attach_instance(scope, each))
        # No connection of before was cut.
        assert before.execute("select 1").fetchone() == (1,)
    assert attachment(scope, first).hostname.endswith(".souk.internal")
    assert _asked_from(shop, second, first) == "42"
    assert "42" not in _asked_from(shop, alone, first)

    _done(shop, commands.close_to_outside(scope, first, confirmed=True))
    assert _asked_from(shop, second, first) == "42"
    rules = shop.engine.execute(_machine(shop, first), ["nft", "list", "table", "inet", "souk_guard"]).stdout
    assert 'iifname != "eth0" accept' in rules
    assert "elements" not in rules

    # It is as before after its machine ended, and after it was stopped and started.
    shop.engine.stop(_machine(shop, first), force=True)
    assert until(lambda: _asked_from(shop, second, first) == "42"), shop.worker.log
    _done(shop, commands.restart_instance(scope, first))
    assert _asked_from(shop, second, first) == "42"

    _done(shop, commands.allow_networks(scope, first, None))
    _done(shop, commands.detach_instance(scope, first))
    assert attachment(scope, first).state == "none"
    found = shop.engine.execute(_machine(shop, first), ["ip", "-o", "link", "show"]).stdout
    assert "eth2" not in found
    with signed_in(scope, first) as options:
        psycopg.connect(**options).close()
    (there,) = networks(scope)
    _done(shop, commands.detach_instance(scope, second))
    commands.delete_network(scope, there.id)
    assert until(lambda: not _bridges(shop)), shop.worker.log


def test_a_service_that_goes_over_to_another_machine_keeps_its_address_in_the_network(shop: Shop) -> None:
    scope = shop.buyer.scope
    first, second = shop.order("compta"), shop.order("ventes")
    _ready(shop, first, second)
    for each in (first, second):
        _done(shop, commands.attach_instance(scope, each))
    address, before = attachment(scope, first).address, _machine(shop, first)
    with acting(System("test")):
        # As if there were a newer image by now.
        Machine.objects.filter(name=before).update(fingerprint="0" * 64)
    _done(shop, commands.update_instance(scope, first))
    assert until(lambda: service(scope, first).state == "ready"), shop.worker.log
    assert _machine(shop, first) != before
    assert attachment(scope, first).address == address
    assert _asked_from(shop, second, first) == "42"
    for each in (first, second):
        commands.erase_instance(scope, each)
    assert until(lambda: not _bridges(shop)), shop.worker.log


def test_workers_killed_while_services_are_put_in_and_taken_out_leave_no_bridge(shop: Shop) -> None:
    scope = shop.buyer.scope
    instance = shop.order("compta")
    _ready(shop, instance)
    for pause in (0.05, 0.3, 0.8):
        asked = commands.attach_instance(scope, instance)
        until(lambda: False, pause)
        shop.worker.kill()
        shop.worker.start()
        _done(shop, asked)
        assert len(_bridges(shop)) == 1
        asked = commands.detach_instance(scope, instance)
        until(lambda: False, pause)
        shop.worker.kill()
        shop.worker.start()
        _done(shop, asked)
        assert until(lambda: not _bridges(shop))
        assert attachment(scope, instance).state == "none"


def test_of_a_highly_available_service_the_machine_in_front_is_in_the_network(shop_of_many: Shop) -> None:
    shop = shop_of_many
    shop.worker.start()
    scope = shop.buyer.scope
    several, client = shop.order("compta", "s-ha"), shop.order("ventes")
    _ready(shop, several, client)
    for each in (several, client):
        _done(shop, commands.attach_instance(scope, each))
    assert _asked_from(shop, client, several) == "42"
    assert until(lambda: whole(shop, several), 60), shop.worker.log
    _done(shop, commands.switch_over(scope, several))
    assert until(lambda: _asked_from(shop, client, several) == "42"), shop.worker.log
    for each in (several, client):
        commands.erase_instance(scope, each)
    assert until(lambda: not _bridges(shop), 60)
