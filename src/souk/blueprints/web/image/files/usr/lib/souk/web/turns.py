"""Which of a service's two machines serves, while one takes over from the other."""

from __future__ import annotations

import contextlib
import os

WAITS = "/etc/souk/web/waits"
"""Where this lies, nothing is served, also after a restart."""


def wait_for_turn() -> None:
    """Have nothing be served by this machine from its next start on."""
    os.close(os.open(WAITS, os.O_CREAT | os.O_WRONLY, 0o644))


def take_turn() -> None:
    """Let this machine serve."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(WAITS)
