"""Looking at services from outside, all at once: one that hangs delays nobody but itself."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from souk.kernel import clock
from souk.provisioning.contract import Health, Look
from souk.provisioning.targets import Target

log = structlog.get_logger("souk.monitoring")
THREADS = 16
WITHIN = 40.0
"""Seconds that a round waits for its looks."""

HANGS_AFTER = 15.0
"""Seconds after which a look that has not ended is one at a service that hangs."""

CONFIRM_AFTER = 1.0
"""Seconds after which a service that did not answer is asked once more, before anybody is told."""


@dataclass(frozen=True)
class Seen:
    """What a look at a target found, and when: for one that did not answer, when it first did not."""

    target: Target
    look: Look
    at: datetime


def look_at(targets: Sequence[Target], within: float = WITHIN, hangs_after: float = HANGS_AFTER) -> list[Seen]:
    """Look at each target, twice if need be. One that hangs does not answer; one that was not come to in time, or only
    just, is left out: it may well answer.
    """
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="look")
    begun: dict[UUID, float] = {}

    def look(target: Target) -> Seen:
        begun[target.instance] = time.monotonic()
        return _look(target)

    # In the caller's context: its business time is theirs.
    futures = [pool.submit(copy_context().run, look, target) for target in targets]
    wait(futures, timeout=within)
    pool.shutdown(wait=False, cancel_futures=True)
    hanging = {instance for instance, at in begun.items() if time.monotonic() - at >= hangs_after}
    outcomes = (_outcome(target, future, hanging) for target, future in zip(targets, futures, strict=True))
    return [seen for seen in outcomes if seen is not None]


def _outcome(target: Target, future: Future[Seen], hanging: Collection[UUID]) -> Seen | None:
    if future.done() and not future.cancelled():
        return future.result()
    if target.instance in hanging:
        return Seen(target, Look(Health(False, "it neither answers nor refuses")), clock.now())
    log.warning("not looked at in time", instance=str(target.instance))
    return None


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
