"""From a plan's size to the kernel's limits and the server's memory."""

from __future__ import annotations

from souk.engines.contract import Limits
from souk.provisioning.contract import Size

MIB = 1024**2
GIB = 1024**3

SYSTEM_DISK = GIB
"""Disk that the machine itself takes, in bytes: the image counts against its quota. The plan's comes on top."""

SPARE_DISK = GIB // 2
"""Disk beyond both, in bytes, in which what was deleted is given free, and what is on its way finds its end: all of
the plan's can be used for objects.
"""


def machine_limits(size: Size) -> Limits:
    """What the kernel enforces: the plan's processors and memory, its disk and the system's, and threads."""
    return Limits(vcpus=size.vcpus, memory=size.memory, disk=size.disk + SYSTEM_DISK + SPARE_DISK, processes=1024)


def environment(size: Size) -> dict[str, str]:
    """What the server is told of its machine: five eighths of memory, beyond which Go collects its garbage harder.

    The rest is the page cache's, the front's, and the system's.
    """
    return {"GOMEMLIMIT": f"{size.memory * 5 // 8 // MIB}MiB"}
