"""Letting the followers of events catch up, as the worker does, whatever else runs on the cluster."""

from __future__ import annotations

import time

from souk.kernel import events
from souk.metering import follow as metering
from souk.monitoring import follow as monitoring
from souk.ordering import follow as ordering


def catch_up(patience: float = 20.0) -> None:
    """Follow until no event waits: one may have to, while a transaction of another database is in flight."""
    deadline = time.monotonic() + patience
    while True:
        for room in (metering, ordering, monitoring):
            room.follow()
        if not any(events.behind(room.SUBSCRIBER) for room in (metering, ordering, monitoring)):
            return
        if time.monotonic() > deadline:
            raise AssertionError("events still wait to be followed")
        time.sleep(0.02)
