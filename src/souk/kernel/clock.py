"""Business time. Leases use the database's clock and timeouts the monotonic one; never this one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen: ContextVar[datetime | None] = ContextVar("souk_business_time", default=None)


def now() -> datetime:
    """The business instant, in UTC: the real one, unless a replay has set another."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Replay: inside the block, business time stands still at `instant` (which must carry a time zone)."""
    if instant.tzinfo is None:
        raise ValueError("business time needs a time zone")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
