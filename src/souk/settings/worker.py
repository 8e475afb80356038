"""The worker: the reconciler's loop, the followers of events, and Procrastinate's jobs, in one process."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import cast

import structlog
from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from souk.brokers import visiting
from souk.engines.contract import EngineError
from souk.engines.current import engine
from souk.kernel import events
from souk.metering import follow as metering
from souk.monitoring import follow as monitoring
from souk.monitoring import samples
from souk.monitoring.logs import shipping
from souk.ordering import follow as ordering
from souk.provisioning.models import WorkKind
from souk.provisioning.platform import ensure_pools, ensure_storage
from souk.provisioning.reconciler import hints, lease, records, ticketing
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.loop import Loop
from souk.sites import commands, queries
from souk.sites.names import Names

log = structlog.get_logger("souk.worker")
ASKING_THREADS = 8
"""Threads for services that are produced elsewhere: who makes them wait makes nobody else wait."""


def follow_events() -> bool:
    """Let every follower take in what happened, in the order in which money depends on it; whether some still wait.

    Events wait while an older transaction is in flight, and nothing rings when that one ends.
    """
    for room in (metering, ordering, monitoring):
        while room.follow() == events.BATCH:
            pass
    return any(events.behind(room.SUBSCRIBER) for room in (metering, ordering, monitoring))


def ground() -> Ground:
    """What the reconciler works on."""
    return Ground(engine=engine(), names=Names(settings.NAMESPACE.dns_hosts))


def observe_once() -> None:
    """Read what the engine has before the first order asks."""
    for site in queries.sites():
        try:
            commands.observe_hosts(site.id, engine().hosts(), engine().occupied())
        except EngineError as error:
            log.warning("engine does not answer", error=str(error)[:200])
            commands.engine_lost(site.id)


def run() -> None:
    """Work until SIGTERM or SIGINT, then end what is in hand."""
    observe_once()
    ensure_storage()
    ensure_pools()
    # Before the first round: a worker that was off for days finds no partition for today.
    samples.roll()
    shipping.roll()
    if released := lease.release_dead():
        log.info("took over from dead workers", items=released)
    works_on = ground()
    heard: dict[str, Callable[[], object]] = {
        "souk_events": follow_events,
        "souk_reveals": records.answer_reveals,
        "souk_tickets": partial(ticketing.answer, works_on.engine),
    }
    here = [kind for kind in WorkKind if kind != WorkKind.ELSEWHERE]
    loop = Loop(works_on, heard, kinds=here)
    asking = Loop(works_on, {}, ASKING_THREADS, kinds=[WorkKind.ELSEWHERE])
    visitor = visiting.Visitor()
    jobs = _Jobs()
    stopping = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()
        loop.stop()
        asking.stop()
        visitor.stop()
        jobs.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    reconciler = threading.Thread(target=loop.run, name="reconciler")
    reconciler.start()
    elsewhere = threading.Thread(target=asking.run, name="elsewhere")
    elsewhere.start()
    visits = threading.Thread(target=visitor.run, name="visits")
    visits.start()
    # A daemon: it sleeps in the engine's stream, which nothing but the process's end cuts short.
    threading.Thread(target=hints.follow, args=(engine(), stopping), name="hints", daemon=True).start()
    log.info("worker started", namespace=settings.NAMESPACE.name)
    try:
        jobs.run(alive=reconciler.is_alive)
    finally:
        stop()
        reconciler.join()
        elsewhere.join()
        visits.join()


class _Jobs:
    """Procrastinate's worker on the main thread's event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)

    def run(self, alive: Callable[[], bool]) -> None:
        try:
            self._loop.run_until_complete(self._work())
        except asyncio.CancelledError:
            log.info("worker stops", reconciling=alive())

    async def _work(self) -> None:
        connector = cast(DjangoConnector, app.connector)
        worker_app = app.with_connector(connector.get_worker_connector())
        async with worker_app.open_async():
            self._task = asyncio.ensure_future(
                worker_app.run_worker_async(
                    concurrency=2,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=60,
                    shutdown_graceful_timeout=20,
                    delete_jobs="successful",
                )
            )
            await self._task
