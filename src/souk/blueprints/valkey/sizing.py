"""From a plan's size to the kernel's limits, and how much of a machine's memory is for data."""

from __future__ import annotations

from souk.engines.contract import Limits
from souk.provisioning.contract import GIB, Size

MIB = 1024**2

SYSTEM_DISK = GIB
"""Disk that the machine itself takes, in bytes: the image counts against its quota. The plan's comes on top."""

SYSTEM_MEMORY = 128 * MIB
"""Bytes that the system, and what backs the server up, keep for themselves."""

_SHARE = 0.6


def machine_limits(size: Size) -> Limits:
    """What the kernel enforces: the plan's processors and memory, its disk and the system's, and processes."""
    return Limits(vcpus=size.vcpus, memory=size.memory, disk=size.disk + SYSTEM_DISK, processes=512)


def data(memory: int) -> int:
    """Bytes that a machine of so much memory has for keys and values.

    While a snapshot, a log of writes or a copy for another machine is written, the server's memory of that instant
    stays beside what is written meanwhile: each page that changes is there twice (copy on write). Beyond its limit the
    kernel ends the server. Three fifths for data leave two thirds of it room to change during one snapshot, or less
    beside the buffers of TLS connections, which the server does not count.
    """
    return int((memory - SYSTEM_MEMORY) * _SHARE) // MIB * MIB


def connections(memory: int) -> int:
    """How many clients may be connected: a thousand for each GiB, of which each takes some 50 KiB for TLS."""
    return max(500, min(10_000, 1000 * memory // GIB))


def settings(size: Size) -> dict[str, str]:
    """What the server is told that follows from a machine's size. Clients that do not read what they asked for are cut
    off before they take a quarter of the memory for data.
    """
    room = data(size.memory)
    return {
        "maxmemory": str(room),
        "maxmemory-clients": str(room // 4),
        "maxclients": str(connections(size.memory)),
        "repl-backlog-size": str(max(1, min(64, room // MIB // 32)) * MIB),
    }
