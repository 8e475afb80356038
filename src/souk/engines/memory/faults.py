"""Failures put into the in-memory engine on purpose."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from souk.engines.contract import EngineError, EngineUnavailable


class Faults:
    """What goes wrong, and when. `latency` is added to every call, in seconds."""

    def __init__(self) -> None:
        self.latency = 0.0
        self._unavailable = False
        self._planned: defaultdict[str, deque[EngineError]] = defaultdict(deque)
        self._lock = threading.Lock()

    def plan(self, call: str, error: EngineError, *, times: int = 1) -> None:
        """Let the next `times` calls of a method, such as `create`, fail with `error`, having done nothing."""
        with self._lock:
            self._planned[call].extend([error] * times)

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Inside the block the engine can't be reached."""
        self._unavailable = True
        try:
            yield
        finally:
            self._unavailable = False

    def strike(self, call: str) -> None:
        """Called by every method first: waits, then raises what is planned for it."""
        if self.latency:
            time.sleep(self.latency)
        if self._unavailable:
            raise EngineUnavailable("the engine is switched off")
        with self._lock:
            planned = self._planned[call]
            if planned:
                raise planned.popleft()
