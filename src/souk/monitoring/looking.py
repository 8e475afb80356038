"""Looking at services from outside, all at once: one that hangs delays nobody but itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime

import structlog

from souk.kernel import clock
from souk.provisioning.contract import Health, Look
from souk.provisioning.targets import Target

log = structlog.get_logger("souk.monitoring")
THREADS = 16
WITHIN = 40.0
"""Seconds that a round waits for its looks; what has not answered by then does not."""

CONFIRM_AFTER = 1.0
"""Seconds after which a service that did not answer is asked once more, before anybody is told."""


@dataclass(frozen=True)
class Seen:
    """What a look at a target found, and when: for one that did not answer, when it first did not."""

    target: Target
    look: Look
    at: datetime


def look_at(targets: Sequence[Target], within: float = WITHIN) -> list[Seen]:
    """Look at each target, twice if need be; one that was not come to in time is left out."""
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="look")
    # In the caller's context: its business time is theirs.
    futures = [pool.submit(copy_context().run, _look, target) for target in targets]
    wait(futures, timeout=within)
    pool.shutdown(wait=False, cancel_futures=True)
    return [seen for target, future in zip(targets, futures, strict=True) if (seen := _outcome(target, future))]


def _outcome(target: Target, future: Future[Seen]) -> Seen | None:
    if future.cancelled():
        log.warning("not looked at in time", instance=str(target.instance))
        return None
    if not future.done():
        return Seen(target, Look(Health(False, "it neither answers nor refuses")), clock.now())
    return future.result()


def _look(target: Target) -> Seen:
    first = clock.now()
    look = _once(target)
    if look.health.ok:
        return Seen(target, look, clock.now())
    time.sleep(CONFIRM_AFTER)
    again = _once(target)
    return Seen(target, again, clock.now() if again.health.ok else first)


def _once(target: Target) -> Look:
    blueprint, way_in = target.blueprint, (target.wanted, target.credentials, target.authority)
    try:
        return Look(blueprint.probe(*way_in)) if blueprint.observer is None else blueprint.observer.look(*way_in)
    except Exception as error:
        # A blueprint's mistake must not end the round of all the others.
        log.exception("look failed", instance=str(target.instance))
        return Look(Health(False, type(error).__name__))
