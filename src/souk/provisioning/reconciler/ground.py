"""What the reconciler works on, and the steps it tells of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from souk.engines.contract import Engine
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.records import Subject
from souk.sites.names import Names

PROBE_PATIENCE = 20.0


@dataclass(frozen=True)
class Ground:
    """A site's engine and its names."""

    engine: Engine
    names: Names


class Unhealthy(Exception):
    """The service does not answer as its clients need it to."""


class MachineLost(Exception):
    """A machine that held a customer's data is gone, and its disk with it."""


@contextmanager
def step(lease: Lease, subject: Subject, name: str, progress: int, sentence: str) -> Iterator[None]:
    """A part of the way to what is desired; when it is done, a line of the log that the customer reads (a message id).

    Raises:
        Fenced, Superseded.
    """
    lease.renew()
    started = time.monotonic()
    with lease.kept():
        yield
    records.log_step(subject, name, progress, sentence, time.monotonic() - started)


def probe_until_healthy(probe: Callable[[], object]) -> None:
    """Probe until it is well.

    Raises:
        Unhealthy: it was not in time.
    """
    deadline = time.monotonic() + PROBE_PATIENCE
    pause = 0.02
    while True:
        health = probe()
        if getattr(health, "ok", False):
            return
        if time.monotonic() > deadline:
            raise Unhealthy(str(getattr(health, "detail", "")))
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)
