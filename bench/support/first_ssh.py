"""The moment a machine first lets its customer in: ssh again and again, by the customer's key, until a command runs."""

from __future__ import annotations

import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PORT = 22
_PATIENCE = 60.0
_PAUSE = 0.005
_REACH_WITHIN = 0.1
_OPTIONS = (
    *("-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "ConnectTimeout=5"),
    # Whether it is the right machine is measured on neither side.
    *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"),
)


@dataclass(frozen=True)
class Key:
    """A customer's key: its private file, and the line for others."""

    file: Path
    public: str


def make_key(folder: Path) -> Key:
    """A new one, made by OpenSSH."""
    file = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", file], check=True)
    return Key(file, file.with_suffix(".pub").read_text().strip())


def wait(address: str, key: Key) -> float:
    """Try from now on; return the instant (`time.perf_counter`) at which a command had run.

    Raises:
        TimeoutError: none had within a minute.
    """
    deadline = time.perf_counter() + _PATIENCE
    said = ""
    while time.perf_counter() < deadline:
        if _listens(address):
            done = subprocess.run(
                ["ssh", *_OPTIONS, "-i", key.file, f"debian@{address}", "true"], capture_output=True, text=True
            )
            if done.returncode == 0:
                return time.perf_counter()
            said = done.stderr.strip()
        time.sleep(_PAUSE)
    raise TimeoutError(f"{address} lets nobody in: {said}")


def _listens(address: str) -> bool:
    try:
        socket.create_connection((address, PORT), timeout=_REACH_WITHIN).close()
    except OSError:
        return False
    return True
