"""Driving the reconciler in tests: one claim after another, on an in-memory engine, on the test's own thread."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.db import connection
from tests.support.following import catch_up
from tests.support.world import Customer

from souk.engines.memory import MemoryEngine
from souk.kernel.scope import System, acting
from souk.ordering import commands as ordering
from souk.ordering import queries
from souk.provisioning.reconciler import lease
from souk.provisioning.reconciler.converge import Ground, converge
from souk.sites.names import Names


def ground(folder: Path, engine: MemoryEngine | None = None) -> Ground:
    """A site on an in-memory engine, its names in `folder`."""
    return Ground(engine or MemoryEngine(), Names(folder))


def order(buyer: Customer, name: str = "compta", plan: str = "s") -> UUID:
    """Order the example; returns the service instance."""
    details = ordering.OrderDetails(buyer.organization, "public", "exemple", plan, "ma-temara", name)
    return queries.order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id


def work(place: Ground, rounds: int = 20) -> int:
    """Claim and converge until nothing is due, or `rounds` claims were worked; returns how many were."""
    worked = 0
    while worked < rounds and (claims := lease.claim(1)):
        converge(place, claims[0])
        worked += 1
    return worked


def forget_leases() -> None:
    """What time does: leases of dead workers run out, and retries fall due."""
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("update provisioning_convergence set lease_until = null where lease_until is not null")
        cursor.execute("update provisioning_convergence set next_at = now() where next_at is not null")


def settle(place: Ground, times: int = 2) -> None:
    """Work until nothing is due, again after every lease has run out and every retry fallen due, and let all that
    follow events hear of it. What a worker finds only when it looks again needs more `times`.
    """
    for _ in range(times):
        forget_leases()
        work(place, rounds=200)
    catch_up()
