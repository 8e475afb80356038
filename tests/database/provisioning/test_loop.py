"""The loop: wakes when asked, works side by side with others, outlives a lost database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections
from tests.support.databases import disconnect
from tests.support.reconciling import order
from tests.support.world import customer

from souk.engines.memory import MemoryEngine
from souk.provisioning.queries import service
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.loop import Loop
from souk.sites.names import Names


@contextmanager
def _running(place: Ground, rang: list[str] | None = None) -> Iterator[Loop]:
    loop = Loop(place, {"souk_events": lambda: rang.append("rang") if rang is not None else None}, threads=4)

    def run() -> None:
        try:
            loop.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield loop
    finally:
        loop.stop()
        with connection.cursor() as cursor:
            cursor.execute("select pg_notify('souk_convergence', '')")
        thread.join(20)
        assert not thread.is_alive()


def _until(true: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False


def test_an_order_wakes_the_loop_that_sleeps(own_database: str, tmp_path: Path) -> None:
    buyer = customer()
    scope = buyer.scope
    with _running(Ground(MemoryEngine(), Names(tmp_path))):
        time.sleep(0.3)
        instance = order(buyer)
        assert _until(lambda: service(scope, instance).state == "ready")


def test_events_ring_their_listener(own_database: str, tmp_path: Path) -> None:
    rang: list[str] = []
    with _running(Ground(MemoryEngine(), Names(tmp_path)), rang):
        assert _until(lambda: bool(rang))
        before = len(rang)
        order(customer())
        assert _until(lambda: len(rang) > before)


def test_two_loops_side_by_side_make_each_machine_once(own_database: str, tmp_path: Path) -> None:
    engine = MemoryEngine()
    place = Ground(engine, Names(tmp_path))
    buyer = customer()
    scope = buyer.scope
    with _running(place), _running(place):
        instances = [order(buyer, name=f"n{number}") for number in range(12)]
        assert _until(lambda: all(service(scope, instance).state == "ready" for instance in instances), 30)
    assert len(engine.machines()) == 12


def test_a_lost_database_is_waited_for_and_nothing_is_lost(own_database: str, tmp_path: Path) -> None:
    engine = MemoryEngine()
    buyer = customer()
    scope = buyer.scope
    settings = connection.settings_dict
    with _running(Ground(engine, Names(tmp_path))):
        instances = [order(buyer, name=f"n{number}") for number in range(4)]
        for _ in range(3):
            disconnect(settings, own_database, "souk_web")
            connection.close()
            time.sleep(0.2)
        assert _until(lambda: all(service(scope, instance).state == "ready" for instance in instances), 90)
    assert len(engine.machines()) == 4
