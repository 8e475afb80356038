"""Which engine this process holds: the worker's and the owner's is Incus, the web process has none."""

from __future__ import annotations

import os
from pathlib import Path

from souk.engines.contract import Engine
from souk.engines.current import provide
from souk.settings.namespace import Namespace

INCUS_SOCKET = Path("/var/lib/incus/unix.socket")


def configure(namespace: Namespace, process: str) -> None:
    """Give this process its engine."""
    if process == "web":
        return
    if os.environ.get("SOUK_ENGINE") == "memory":
        provide(_memory)
    else:
        provide(lambda: _incus(namespace))


def _memory() -> Engine:
    from souk.engines.memory import MemoryEngine

    return MemoryEngine()


def _incus(namespace: Namespace) -> Engine:
    from souk.engines.incus import IncusEngine

    return IncusEngine.connect(namespace)
