"""Whether a machine answers as an SSH client needs it to."""

from __future__ import annotations

import socket
import time

from souk.provisioning.contract import Health, Wanted

PORT = 22
_ANSWER_WITHIN = 3.0
"""Seconds."""

_LONGEST = 4096
"""Bytes of what a server may say before it names itself (RFC 4253, section 4.2)."""


def probe(wanted: Wanted) -> Health:
    """Connect by address, and wait for the server to name itself as one that speaks SSH."""
    deadline = time.monotonic() + _ANSWER_WITHIN
    said = b""
    try:
        with socket.create_connection((wanted.address, PORT), timeout=_ANSWER_WITHIN) as client:
            while not _names_itself(said) and len(said) < _LONGEST:
                client.settimeout(max(0.05, deadline - time.monotonic()))
                more = client.recv(_LONGEST)
                if not more or time.monotonic() > deadline:
                    break
                said += more
    except OSError as error:
        return Health(ok=False, detail=str(error)[:200] or type(error).__name__)
    if not _names_itself(said):
        return Health(ok=False, detail="it does not speak SSH")
    return Health(ok=True)


def _names_itself(said: bytes) -> bool:
    return any(line.startswith(b"SSH-2.0-") for line in said.split(b"\n")[:-1])
