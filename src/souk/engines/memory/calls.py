"""How a call of the in-memory engine is made."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from souk.engines.memory.faults import Faults


class Called(Protocol):
    """An engine that fails as planned, does one thing at a time, and knows which machines are out of reach."""

    faults: Faults

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """Held for as long as a call takes."""

    def answers(self, name: str) -> None:
        """Raise HostOffline if the machine stands on a host that can't be reached."""


S = TypeVar("S", bound=Called)
P = ParamSpec("P")
R = TypeVar("R")
_FOR_A_MACHINE = frozenset(
    (
        *("start", "stop", "move", "delete", "resize", "label", "push", "pull"),
        *("join", "readdress", "attach", "detach", "snapshot", "snapshots", "delete_snapshot"),
    )
)
"""Calls that end at the host on which a machine stands."""


def call(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """One call of the engine: planned failures first, then alone under the lock."""

    def wrapped(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        self.faults.strike(method.__name__)
        with self.lock:
            if method.__name__ in _FOR_A_MACHINE:
                self.answers(str(args[0] if args else kwargs["name"]))
            return method(self, *args, **kwargs)

    wrapped.__name__, wrapped.__doc__ = method.__name__, method.__doc__
    return wrapped
