"""The reconciler's loop: sleeps on PostgreSQL's notifications, claims what is due, works it on a few threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import structlog
from django.db import DatabaseError, OperationalError, close_old_connections, connection, connections

from souk.engines.contract import Engine, EngineError
from souk.kernel.scope import System, acting, request
from souk.provisioning.models import WorkKind
from souk.provisioning.reconciler import lease
from souk.provisioning.reconciler.converge import Ground, converge
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.resync import resync
from souk.provisioning.reconciler.schedule import ask_for_updates

log = structlog.get_logger("souk.reconciler")
THREADS = 16
RESYNC_SECONDS = 600.0
LONGEST_SLEEP = 60.0
AGAIN_SECONDS = 0.25
FULL_SECONDS = 0.05
"""How long what is due waits at most once there is room for it again, which nobody tells."""
HEED_SECONDS = 0.5
LEAST_BEGINNINGS, BEGINNINGS_PER_PROCESSOR = 4, 2


class Loop:
    """Runs until `stop`; `listeners` maps a notification channel to what runs, on the loop's thread, when it rings.

    A listener that returns True has more to do soon, and is run again without being rung. Only work of `kinds` is taken
    (None: all); what is produced elsewhere has threads of its own, since others make it wait.
    """

    def __init__(
        self,
        ground: Ground,
        listeners: Mapping[str, Callable[[], object]],
        threads: int = THREADS,
        kinds: Sequence[str] | None = None,
    ) -> None:
        self._ground = ground
        self._listeners = dict(listeners)
        self._threads = threads
        self._kinds = kinds
        self._minds_engine = kinds is None or WorkKind.INSTANCE in kinds
        self._again: set[str] = set()
        self._busy = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._resync_at = time.monotonic()
        self._beginnings = LEAST_BEGINNINGS

    def stop(self) -> None:
        """End after the work in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`. A lost database is waited for: nothing is claimed without it."""
        with ThreadPoolExecutor(self._threads, thread_name_prefix="converge") as pool:
            while not self._stopping.is_set():
                try:
                    self._listen(pool)
                except (psycopg.OperationalError, OperationalError) as error:
                    log.warning("database lost", error=str(error)[:200])
                    close_old_connections()
                    connections.close_all()
                    self._stopping.wait(1.0)

    def _listen(self, pool: ThreadPoolExecutor) -> None:
        parameters = connection.get_connection_params()
        options = {
            key: value
            for key, value in parameters.items()
            if key not in {"cursor_factory", "context", "prepare_threshold"}
        }
        with psycopg.connect(**options, autocommit=True) as listener:
            for channel in ("souk_convergence", *self._listeners):
                listener.execute(f"listen {channel}".encode())
            self._ring(set(self._listeners))
            while not self._stopping.is_set():
                self._resync_if_due()
                self._claim(pool)
                self._ring(self._wait(listener))

    def _wait(self, listener: psycopg.Connection[Any]) -> set[str]:
        """Channels that rang, as soon as one did; none when it is time for something else, or to stop."""
        until = time.monotonic() + self._sleep()
        while not self._stopping.is_set():
            left = until - time.monotonic()
            # In slices: a signal sets `_stopping`, but interrupts no wait for the database.
            timeout = max(0.001, min(left, HEED_SECONDS))
            rung = {notification.channel for notification in listener.notifies(timeout=timeout, stop_after=1)}
            if rung or left <= HEED_SECONDS:
                return rung
        return set()

    def _ring(self, channels: set[str]) -> None:
        waiting, self._again = self._again, set()
        for channel in (channels | waiting) & set(self._listeners):
            if self._listeners[channel]() is True:
                self._again.add(channel)

    def _sleep(self) -> float:
        with self._lock:
            full = self._busy >= self._threads
        # What is due by now is held back: as many begin as there is room for.
        due = None if full else lease.next_due(self._kinds)
        due = due if due is None else max(due, FULL_SECONDS)
        until_resync = max(0.0, self._resync_at - time.monotonic())
        return max(
            0.001,
            min(
                LONGEST_SLEEP,
                until_resync,
                FULL_SECONDS if full else LONGEST_SLEEP,
                AGAIN_SECONDS if self._again else LONGEST_SLEEP,
                LONGEST_SLEEP if due is None else due,
            ),
        )

    def _claim(self, pool: ThreadPoolExecutor) -> None:
        while True:
            with self._lock:
                free = self._threads - self._busy
            if free <= 0:
                return
            claims = lease.claim(free, self._beginnings if self._minds_engine else lease.ANY, self._kinds)
            for item in claims:
                with self._lock:
                    self._busy += 1
                pool.submit(self._work, item)
            if len(claims) < free:
                return

    def _work(self, item: Lease) -> None:
        if connection.connection is not None and not connection.is_usable():
            connection.close()
        try:
            with request(f"converge-{item.subject}-{item.epoch}"):
                converge(self._ground, item)
        except Exception:
            # A thread's last line of defence: the lease runs out and the item is claimed again.
            log.exception("converge failed", instance=str(item.subject))
            connection.close()
            self._hand_back(item)
        finally:
            with self._lock:
                self._busy -= 1

    def _hand_back(self, item: Lease) -> None:
        """Save waiting for the lease to run out; if this fails too, it runs out."""
        try:
            with acting(System("reconciler")):
                item.retry(1.0)
        except (lease.Fenced, DatabaseError) as error:
            log.warning("could not hand back", instance=str(item.subject), error=str(error)[:200])
            connection.close()

    def _resync_if_due(self) -> None:
        if time.monotonic() < self._resync_at:
            return
        if not self._minds_engine:
            self._resync_at = time.monotonic() + RESYNC_SECONDS
            return
        self._resync_at = time.monotonic() + RESYNC_SECONDS
        try:
            self._beginnings = _room(self._ground.engine)
            drift = resync(self._ground.engine)
            ask_for_updates()
        except EngineError as error:
            log.warning("resync failed", error=str(error)[:200])
            self._resync_at = time.monotonic() + 15
            return
        if drift.instances or drift.networks or drift.orphans or drift.orphan_networks:
            log.info(
                "drift",
                instances=len(drift.instances),
                networks=len(drift.networks),
                orphans=drift.orphans + drift.orphan_networks,
            )


def _room(engine: Engine) -> int:
    """How many services may begin at a time on the hosts that are there."""
    processors = sum(host.vcpus for host in engine.hosts() if host.online)
    return max(LEAST_BEGINNINGS, BEGINNINGS_PER_PROCESSOR * processors)
