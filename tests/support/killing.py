"""Killing a worker at a chosen moment: the thread ends there as with SIGKILL, and nothing after it runs."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any
from unittest import mock

from souk.engines.memory import MemoryEngine
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.lease import Lease

ENGINE_CALLS = (
    *("machine", "create", "copy", "push", "start", "stop", "move", "delete", "resize", "label", "execute"),
    *("snapshot", "restore_snapshot", "delete_snapshot", "expose", "readdress"),
)
RECORD_CALLS = (
    "load",
    "assign_machine",
    "ensure_credentials",
    "record_endpoint",
    "set_state",
    "converged",
    "erased",
    "log_step",
    "counted",
    "machine_started",
    "answered",
    "take_warm",
    "begin_warm",
    "now_waits",
    "give_up_warm",
    "forget_warm",
    "begin_together",
    "go_alone",
    "abandon_machine",
    "kept_warm",
    "stand_on",
    "stand_elsewhere",
    "note_host",
    "host_of",
    "withdrawn",
    "waits",
    "plan_refused",
)


class Killed(BaseException):
    """The worker is dead. Not an Exception: nothing may catch it and go on."""


class Executioner:
    """Counts the boundaries a worker crosses (before and after each call that acts) and kills it at one of them."""

    def __init__(self, at: int) -> None:
        self._left = at
        self.crossed = 0

    def cross(self) -> None:
        """A boundary is crossed; the worker may die here."""
        self.crossed += 1
        if self._left > 0:
            self._left -= 1
            if self._left == 0:
                raise Killed

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, with a boundary on either side."""

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.cross()
            result = call(*args, **kwargs)
            self.cross()
            return result

        return wrapped


class _Mortal:
    """An engine whose caller may die around each call."""

    def __init__(self, engine: MemoryEngine, executioner: Executioner) -> None:
        self._engine, self._executioner = engine, executioner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._engine, name)
        return self._executioner.around(found) if name in ENGINE_CALLS else found


def run_until_killed(place: Ground, engine: MemoryEngine, at: int, work: Callable[[Ground], object]) -> Executioner:
    """Work as a worker that dies at its `at`-th boundary (0: never)."""
    executioner = Executioner(at)
    mortal = Ground(_Mortal(engine, executioner), place.names)
    patches = [mock.patch.object(records, name, executioner.around(getattr(records, name))) for name in RECORD_CALLS]
    patches += [mock.patch.object(Lease, name, executioner.around(getattr(Lease, name))) for name in ("renew", "hold")]
    for patch in patches:
        patch.start()
    try:
        work(mortal)
    except Killed:
        pass
    finally:
        for patch in patches:
            patch.stop()
    return executioner


def stride(usual: int) -> int:
    """How many boundaries a test passes between two deaths: `usual`, or SOUK_STRIDE, with which `make chaos` has a
    worker die at each of them.
    """
    return int(os.environ.get("SOUK_STRIDE", usual))


def moments(seed: int, most: int) -> Callable[[], int]:
    """Random boundaries to die at, from a seed that a failure prints."""
    chance = random.Random(seed)
    return lambda: chance.randint(1, most)
