"""The namespace's keys, each readable by exactly those who need it."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from install import users


def ensure(ns: Any) -> str:
    """Make the keys that are missing; one that exists is never touched. Returns a remark."""
    made = 0
    for path, owner, group, mode in (
        (ns.keys / "master.key", users.WORKER, users.WORKER, 0o400),
        (ns.keys / "identity.key", "root", users.SHARED, 0o440),
        (ns.keys / "django-secret.key", "root", users.SHARED, 0o440),
    ):
        ring = path.name != "django-secret.key"
        made += _write(path, _ring_line() if ring else _random(), owner, group, mode)
    return f"{made} made" if made else "all there"


def _random() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _ring_line() -> str:
    """A key ring's first line: the key's id and the key."""
    return f"k{secrets.token_hex(4)}:{_random()}"


def _write(path: Path, text: str, owner: str, group: str, mode: int) -> bool:
    """Write a key that is missing: complete, on disk and owned before it gets its name."""
    if path.exists():
        return False
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    if os.geteuid() == 0:
        shutil.chown(draft, owner, group)
    draft.chmod(mode)
    os.rename(draft, path)
    return True
