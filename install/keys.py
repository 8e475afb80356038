"""The namespace's keys, each readable by exactly those who need it."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
from typing import Any

from install import users

_READERS = {
    "master.key": (users.WORKER, users.WORKER, 0o400),
    "identity.key": ("root", users.SHARED, 0o440),
    "django-secret.key": ("root", users.SHARED, 0o440),
}
"""Of each key its owner, its group and its mode."""


def ensure(ns: Any) -> str:
    """Make the keys that are missing; one that exists is never touched. Returns a remark."""
    made = 0
    for name in _READERS:
        if not (ns.keys / name).exists():
            put(ns, name, _ring_line() if name != "django-secret.key" else _random())
            made += 1
    return f"{made} made" if made else "all there"


def put(ns: Any, name: str, text: str) -> None:
    """Write a key: complete, on disk and owned before it gets its name."""
    path, (owner, group, mode) = ns.keys / name, _READERS[name]
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text.rstrip("\n") + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    if os.geteuid() == 0:
        shutil.chown(draft, owner, group)
    draft.chmod(mode)
    os.rename(draft, path)


def _random() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _ring_line() -> str:
    """A key ring's first line: the key's id and the key."""
    return f"k{secrets.token_hex(4)}:{_random()}"
