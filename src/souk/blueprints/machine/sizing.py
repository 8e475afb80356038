"""From a plan's size to the kernel's limits."""

from __future__ import annotations

from souk.engines.contract import Limits
from souk.provisioning.contract import GIB, Size

SYSTEM_DISK = GIB
"""Disk that Debian itself takes, in bytes: the image counts against its quota. The plan's comes on top."""


def machine_limits(size: Size) -> Limits:
    """What the kernel enforces: the plan's processors and memory, its disk and the system's, and processes."""
    return Limits(vcpus=size.vcpus, memory=size.memory, disk=size.disk + SYSTEM_DISK, processes=most_processes(size))


def most_processes(size: Size) -> int:
    """2,048 for each gibibyte of memory, and never fewer than that."""
    return 2048 * max(1, size.memory // GIB)


class ByPlan:
    """How many snapshots a machine may have: each may come to hold a whole disk of its own."""

    def most(self, size: Size) -> int:
        """Two, and one more for each further processor of the plan."""
        return size.vcpus + 1
