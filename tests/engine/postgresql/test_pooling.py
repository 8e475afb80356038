"""The connection pool: many clients on few connections, with the same users, passwords and limits as without it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from tests.engine.conftest import Rig
from tests.engine.postgresql.conftest import Service, order

from souk.blueprints.postgresql import BLUEPRINT, probing, sizing
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import BindingRole, Credentials
from souk.settings import namespace

pytestmark = pytest.mark.engine

POOL = probing.POOL_PORT
CLIENTS = 300


@pytest.fixture(scope="module")
def pooled(incus: IncusEngine, image: str) -> Iterator[Service]:
    """A service with two databases and a pool per transaction, on the starting catalogue's smallest plan."""
    rig = Rig(incus, namespace.current())
    try:
        made = order(rig, image, 80, databases=["app", "autre"], pool="transaction")
        smallest = BLUEPRINT.starting_offering.plans[0].size
        made.wanted = replace(made.wanted, size=smallest)
        rig.engine.resize(made.spec.name, BLUEPRINT.limits(smallest))
        made.configure()
        yield made
    finally:
        rig.clear()


async def _work(service: Service, file: str, ready: asyncio.Barrier) -> int:
    """Connect, wait until everybody has, then do a transaction that takes a moment."""
    options = {**probing.connection_options(service.wanted, service.credentials, file), "port": POOL}
    async with await psycopg.AsyncConnection.connect(**{**options, "connect_timeout": 60}) as connection:
        await ready.wait()
        async with connection.transaction():
            cursor = await connection.execute("SELECT pg_backend_pid() FROM pg_sleep(0.02)")
            (pid,) = await cursor.fetchone() or (0,)
            return int(pid)


async def _all_at_once(service: Service) -> list[int]:
    ready = asyncio.Barrier(CLIENTS)
    with probing.certificate_file(service.authority.certificate) as file:
        return await asyncio.gather(*(_work(service, file, ready) for _ in range(CLIENTS)))


def test_three_hundred_clients_are_served_where_a_hundred_connections_are_allowed(pooled: Service) -> None:
    assert sizing.max_connections(pooled.wanted.size) == 100
    pids = asyncio.run(_all_at_once(pooled))
    assert len(pids) == CLIENTS
    assert len(set(pids)) <= sizing.pool(pooled.wanted.size)["connections"]


def test_it_is_probed_too(pooled: Service) -> None:
    assert BLUEPRINT.probe(pooled.wanted, pooled.credentials, pooled.authority.certificate).ok
    pooled.execute(["systemctl", "stop", "souk-pool.service"])
    health = BLUEPRINT.probe(pooled.wanted, pooled.credentials, pooled.authority.certificate)
    pooled.execute(["systemctl", "start", "souk-pool.service"])
    assert (health.ok, "6432" in health.detail) == (False, True)


def _sign_in(service: Service, **changes: Any) -> psycopg.Connection[tuple[Any, ...]]:
    return service.connect(**{"port": POOL, **changes})


def test_who_may_not_sign_in_without_it_may_not_with_it(pooled: Service) -> None:
    for changes in (
        {"password": "wrong"},
        {"user": "postgres", "dbname": "postgres"},
        {"user": "souk_pooler", "dbname": "postgres"},
        {"user": "pgbouncer", "dbname": "pgbouncer"},
        {"sslmode": "disable"},
    ):
        with pytest.raises(psycopg.OperationalError):
            _sign_in(pooled, **changes)
    with pooled.connect(dbname="postgres") as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("SELECT * FROM souk.verifier('app')")


def _again(held: psycopg.Connection[tuple[Any, ...]]) -> None:
    """The pool learns at the first use that the server ended a connection, at the next that it gets no other."""
    for _ in range(2):
        held.execute("SELECT 1")


def test_users_that_are_made_changed_and_ended_are_so_in_the_pool(pooled: Service) -> None:
    binder = BLUEPRINT.binder
    reader = Credentials("lecteur", "le-premier", "app")
    binder.grant(pooled, pooled.wanted, reader, BindingRole.READER)
    held = _sign_in(pooled, user="lecteur", password="le-premier")
    assert held.execute("SELECT current_user").fetchone() == ("lecteur",)
    with pytest.raises(psycopg.Error):
        _sign_in(pooled, user="lecteur", password="le-premier", dbname="autre").execute("SELECT 1")
    binder.grant(pooled, pooled.wanted, replace(reader, password="le-suivant"), BindingRole.READER)
    with pytest.raises(psycopg.Error):
        _again(held)
    with pytest.raises(psycopg.OperationalError):
        _sign_in(pooled, user="lecteur", password="le-premier")
    _sign_in(pooled, user="lecteur", password="le-suivant").close()
    binder.revoke(pooled, pooled.wanted, "lecteur")
    with pytest.raises(psycopg.OperationalError):
        _sign_in(pooled, user="lecteur", password="le-suivant")


def test_its_mode_is_changed_and_it_is_switched_off(pooled: Service) -> None:
    before = pooled.wanted
    try:
        pooled.wanted = replace(before, parameters={**before.parameters, "pool": "session"})
        pooled.configure()
        with _sign_in(pooled, autocommit=True) as session:
            session.execute("SET application_name = 'lasts'")
            assert session.execute("SHOW application_name").fetchone() == ("lasts",)
        pooled.wanted = replace(before, parameters={**before.parameters, "pool": "off"})
        pooled.configure()
        with pytest.raises(psycopg.OperationalError, match="refused"):
            _sign_in(pooled)
        assert BLUEPRINT.probe(pooled.wanted, pooled.credentials, pooled.authority.certificate).ok
    finally:
        pooled.wanted = before
        pooled.configure()


def test_it_comes_back_with_its_machine(pooled: Service) -> None:
    pooled.engine.stop(pooled.spec.name)
    pooled.engine.start(pooled.spec.name)
    pooled.configure()
    with _sign_in(pooled) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
