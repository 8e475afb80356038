"""The engine of this process. Settings put it here once; rooms above ask for it."""

from __future__ import annotations

from collections.abc import Callable

from souk.engines.contract import Engine

_make: Callable[[], Engine] | None = None
_made: Engine | None = None


def provide(make: Callable[[], Engine]) -> None:
    """Say how this process gets its engine; it is made when first asked for."""
    global _make, _made
    _make, _made = make, None


def engine() -> Engine:
    """The engine.

    Raises:
        RuntimeError: this process has none, as the web process does.
    """
    global _made
    if _made is None:
        if _make is None:
            raise RuntimeError("this process holds no engine")
        _made = _make()
    return _made
