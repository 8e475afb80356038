"""Asking a broker without letting it hurt anybody else: each has a small share of threads, and one that fails again and
again is left alone for a while.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from souk.brokers import intake, speaking
from souk.brokers.models import Broker
from souk.brokers.speaking import Answer, NotReached, Unanswered
from souk.brokers.verdicts import Asked, Progress, Verdict, judged, polled
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning.contract import Away

WORKER = System("brokers")
SHARE = 2
"""How many calls a broker may keep waiting at a time, in each worker."""

OPENS_AFTER = 5
"""Failures in a row after which a broker is left alone."""

SHORTEST_PAUSE, LONGEST_PAUSE = 30.0, 600.0
"""Seconds that it is left alone for: twice as long with each further failure."""

AWAY = gettext_noop("The vendor's broker does not answer; this goes on as soon as it does.")

_calls: dict[UUID, threading.BoundedSemaphore] = {}
_lock = threading.Lock()


class Full(Exception):
    """All calls that the broker may keep waiting are under way."""


@dataclass(frozen=True)
class Call:
    """A request: its method, its path after `/v2/service_instances`, and what it says."""

    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None


def ask(broker: UUID, asked: Asked, call: Call) -> Verdict:
    """Ask, and keep in mind how the broker does.

    Raises:
        Full: later. Away: it is left alone for now.
    """
    verdict = judged(asked, _send(broker, call))
    noted(broker, verdict.why if verdict.counts_against else None)
    return verdict


def poll(broker: UUID, call: Call) -> Progress:
    """Ask how far something is. Raises as `ask`."""
    progress = polled(_send(broker, call))
    noted(broker, progress.why if progress.state == "unknown" else None)
    return progress


def _send(broker: UUID, call: Call) -> Answer | NotReached | Unanswered:
    with acting(WORKER):
        row = Broker.objects.get(id=broker)
    now = clock.now()
    if row.open_until is not None and row.open_until > now:
        raise Away(AWAY, max(1.0, (row.open_until - now).total_seconds()) + random.uniform(0, 5))  # noqa: S311
    with share(broker):
        return attempt(
            lambda: speaking.ask(
                intake.way(row),
                call.method,
                "/service_instances" + call.path,
                query=call.query,
                body=call.body,
                headers=call.headers,
            )
        )


def attempt(send: Callable[[], Answer]) -> Answer | NotReached | Unanswered:
    """An answer, or why there is none."""
    try:
        return send()
    except (NotReached, Unanswered) as error:
        return error


@contextmanager
def share(broker: UUID) -> Iterator[None]:
    """Be one of the few calls that a broker may keep waiting.

    Raises:
        Full.
    """
    with _lock:
        places = _calls.setdefault(broker, threading.BoundedSemaphore(SHARE))
    if not places.acquire(blocking=False):
        raise Full
    try:
        yield
    finally:
        places.release()


def noted(broker: UUID, failure: str | None) -> None:
    """Keep in mind that a call was answered well (None), or why not."""
    with acting(WORKER):
        known = Broker.objects.filter(id=broker)
        if failure is None:
            known.exclude(failures=0, open_until=None).update(failures=0, open_until=None)
            return
        row = known.select_for_update().get()
        row.failures += 1
        if row.failures >= OPENS_AFTER:
            pause = min(SHORTEST_PAUSE * 2.0 ** min(row.failures - OPENS_AFTER, 10), LONGEST_PAUSE)
            row.open_until = clock.now() + timedelta(seconds=pause)
        row.save(update_fields=["failures", "open_until"])
