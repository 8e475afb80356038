"""A work item that is given back is taken up again when it is due, not when the lease would have run out."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from tests.support.reconciling import order
from tests.support.world import customer

from souk.kernel.scope import System, acting
from souk.provisioning.reconciler import lease


@pytest.fixture
def listener(own_database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    settings = connection.settings_dict
    options = {"dbname": settings["NAME"], "user": "souk_worker", "host": settings["HOST"], "port": settings["PORT"]}
    with psycopg.connect(**options, autocommit=True) as listening:
        listening.execute("listen souk_convergence")
        yield listening


def _rung(listener: psycopg.Connection[tuple[object, ...]]) -> bool:
    return bool(list(listener.notifies(timeout=0.5, stop_after=1)))


@pytest.mark.parametrize(("seconds", "rings"), [(0, True), (5, True), (3600, False)])
def test_who_waits_is_rung_if_it_is_due_before_the_lease_would_have_ended(
    listener: psycopg.Connection[tuple[object, ...]], seconds: float, rings: bool
) -> None:
    order(customer())
    (item,) = lease.claim(1)
    while _rung(listener):
        pass
    with acting(System("reconciler")):
        item.retry(seconds)
    assert _rung(listener) is rings


def test_nobody_is_rung_when_nothing_is_left_to_do(listener: psycopg.Connection[tuple[object, ...]]) -> None:
    order(customer())
    (item,) = lease.claim(1)
    while _rung(listener):
        pass
    with acting(System("reconciler")):
        item.finish()
    assert not _rung(listener)
