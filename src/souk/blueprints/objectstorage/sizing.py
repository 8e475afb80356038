"""From a plan's size to the kernel's limits and the server's memory."""

from __future__ import annotations

from souk.engines.contract import Limits
from souk.provisioning.contract import Size

MIB = 1024**2
GIB = 1024**3

SYSTEM_DISK = GIB
"""Disk that the machine itself takes, in bytes: the image counts against its quota. The plan's comes on top."""


def machine_limits(size: Size) -> Limits:
    """What the kernel enforces: the plan's processors and memory, its disk and the system's, and threads."""
    return Limits(vcpus=size.vcpus, memory=size.memory, disk=size.disk + SYSTEM_DISK, processes=1024)


def environment(size: Size) -> dict[str, str]:
    """What the server is told of its machine: three quarters of memory, beyond which Go collects its garbage harder.

    The rest is the page cache's, and the system's.
    """
    return {"GOMEMLIMIT": f"{size.memory * 3 // 4 // MIB}MiB"}
