"""Which engine this process holds: the worker's and the owner's is Incus, the web process has none.

`SOUK_INCUS_URL` points at a server or cluster elsewhere, with `SOUK_INCUS_CERTIFICATE`, `SOUK_INCUS_KEY` and
`SOUK_INCUS_AUTHORITY` (PEM files: ours, its key, and what the server must show); otherwise it is this host's own.
"""

from __future__ import annotations

import os
from pathlib import Path

from souk.engines.contract import Engine
from souk.engines.current import provide
from souk.settings.namespace import Namespace


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
    from souk.engines.incus import Https, IncusEngine

    url = os.environ.get("SOUK_INCUS_URL")
    if not url:
        return IncusEngine.connect(namespace)
    certificate, key, authority = (
        Path(os.environ[f"SOUK_INCUS_{name}"]) for name in ("CERTIFICATE", "KEY", "AUTHORITY")
    )
    return IncusEngine.connect(namespace, Https(url, certificate, key, authority))
