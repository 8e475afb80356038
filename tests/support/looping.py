"""The reconciler's loop on a thread of the test's process, and waiting for what it brings about."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connections

from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.loop import Loop


@contextmanager
def looping(place: Ground, threads: int = 4, kinds: Sequence[str] | None = None) -> Iterator[Loop]:
    """A loop at work for as long as the block lasts; it must end by itself then."""
    loop = Loop(place, {}, threads=threads, kinds=kinds)

    def run() -> None:
        try:
            loop.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, name="loop")
    thread.start()
    try:
        yield loop
    finally:
        loop.stop()
        thread.join(60)
        assert not thread.is_alive()


def until(true: Callable[[], object], seconds: float = 60.0, pause: float = 0.05) -> bool:
    """Wait until something is so; whether it came to that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(pause)
    return False
