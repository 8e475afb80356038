"""Getting a secret from the worker: it answers into a box that only the asker can open."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from souk.kernel import secrets
from souk.provisioning import errors

PATIENCE = 10.0
"""Seconds."""


def received(ask: Callable[[bytes], UUID], take: Callable[[UUID], bytes | None]) -> bytes:
    """The worker's answer to what `ask` asked for with a one-use public key; `take` fetches it once it is there.

    Raises:
        RevealTimedOut: nobody answered.
    """
    private, public = secrets.new_box()
    request = ask(public)
    deadline = time.monotonic() + PATIENCE
    pause = 0.01
    while (answer := take(request)) is None:
        if time.monotonic() > deadline:
            raise errors.RevealTimedOut
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)
    return secrets.unpost(answer, private)
