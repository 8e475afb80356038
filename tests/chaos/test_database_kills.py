"""The control plane's PostgreSQL killed at random moments while services are ordered and deleted."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, connections
from install import application
from install.postgresql import Cluster
from tests.support.control_plane import ControlPlane, connected, control_plane
from tests.support.invariants import hold
from tests.support.looping import looping, until
from tests.support.world import Customer, customer, some_capacity

from souk.engines.memory import MemoryEngine
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import commands
from souk.provisioning.queries import service, services
from souk.provisioning.reconciler.converge import Ground
from souk.settings.seeds import seed
from souk.sites.names import Names

pytestmark = [pytest.mark.chaos, pytest.mark.engine]
KILLS = int(os.environ.get("SOUK_CHAOS_DATABASE_KILLS", "30"))
Answer = TypeVar("Answer")
SEED = int(os.environ.get("SOUK_SEED", "20261126"))


@pytest.fixture
def plane(django_db_setup: str, django_db_blocker: object) -> Iterator[ControlPlane]:
    if os.geteuid() != 0:
        pytest.skip("a PostgreSQL of one's own is laid by root")
    with django_db_blocker.unblock(), control_plane() as plane:
        application.manage(plane.ns, "migrate", "--no-input")
        with connected(plane):
            connection.settings_dict["USER"] = "souk_owner"
            seed()
            connection.close()
            connection.settings_dict["USER"] = "souk_web"
            yield plane


def test_a_database_that_is_killed_again_and_again_loses_and_doubles_nothing(
    plane: ControlPlane, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    engine, buyer = MemoryEngine(), customer()
    engine.faults.latency = 0.01
    some_capacity()
    wanted: set[UUID] = set()
    with looping(Ground(engine, Names(tmp_path))):
        for number in range(KILLS):
            killer = threading.Thread(target=_kill, args=(plane, chance.uniform(0.0, 1.0)))
            killer.start()
            key = f"{SEED}-{number}"
            wanted.add(_insist(lambda name=f"n{number}", key=key: _ordered(buyer, name, key)))
            if len(wanted) > 3 and chance.random() < 0.4:
                gone = chance.choice(sorted(wanted))
                _insist(lambda gone=gone: _erased(buyer, gone))
                wanted.discard(gone)
            killer.join()
        assert until(lambda: _insist(lambda: _settled(buyer, wanted)), 120), f"seed {SEED}"
    hold(engine, buyer, wanted)
    record_property("database kills", KILLS)
    record_property("services at the end", len(wanted))
    record_property("seed", SEED)


def _kill(plane: ControlPlane, after: float) -> None:
    """Every process of it at once, as a power cut would; then it is started again."""
    time.sleep(after)
    cluster = Cluster(plane.ns)
    head = int((cluster.data / "postmaster.pid").read_text().split()[0])
    family = Path(f"/proc/{head}/task/{head}/children").read_text().split()
    for pid in (head, *map(int, family)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: _gone(head), 20)
    cluster.ensure()


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _insist(act: Callable[[], Answer]) -> Answer:
    """Ask until there is an answer, as a client does with an idempotency key."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return act()
        except (DatabaseError, psycopg.Error):
            connections.close_all()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _ordered(buyer: Customer, name: str, key: str) -> UUID:
    details = ordering.OrderDetails(buyer.organization, "public", "exemple", "s", "ma-temara", name)
    return order(buyer.scope, ordering.place_order(buyer.scope, details, key=key)).instance_id


def _erased(buyer: Customer, instance: UUID) -> None:
    if service(buyer.scope, instance).desired != "deleted":
        commands.erase_instance(buyer.scope, instance)


def _settled(buyer: Customer, wanted: set[UUID]) -> bool:
    rows = services(buyer.scope)
    return {row.id for row in rows} == wanted and all(row.state == "ready" for row in rows)
