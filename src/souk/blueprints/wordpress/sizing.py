"""How a machine's memory and disk are shared out between WordPress and its database."""

from __future__ import annotations

from dataclasses import replace

from souk.blueprints.web import sizing
from souk.blueprints.web.sizing import MIB
from souk.engines.contract import Limits
from souk.provisioning.contract import Size

_SYSTEM_DISK = 512 * MIB
"""Disk that the database's server, WordPress and an empty site take beside a web server, in bytes."""

_SERVER = 110 * MIB
"""Bytes that the database's server takes beside what it keeps of its tables."""


def machine_limits(size: Size) -> Limits:
    """What the kernel enforces: the plan's processors, memory and disk, and the system's disk."""
    limits = sizing.machine_limits(size)
    return replace(limits, disk=size.disk + sizing.SYSTEM_DISK + _SYSTEM_DISK)


def buffers(memory: int) -> int:
    """Bytes of tables that the database's server keeps in memory."""
    return max(32 * MIB, min(1024 * MIB, memory // 8 // MIB * MIB))


def database(memory: int) -> int:
    """Bytes that the database's server takes in all."""
    return _SERVER + buffers(memory)
