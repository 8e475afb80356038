"""From a plan's size to the kernel's limits, and to how much a service may hold."""

from __future__ import annotations

from souk.engines.contract import Limits
from souk.provisioning.contract import GIB, Size, ZoneRoom

MIB = 1024**2

SYSTEM_DISK = GIB
"""Disk that the machine itself takes, in bytes: the image counts against its quota. The plan's comes on top."""


def machine_limits(size: Size) -> Limits:
    """What the kernel enforces: the plan's processors and memory, its disk and the system's, and processes."""
    return Limits(vcpus=size.vcpus, memory=size.memory, disk=size.disk + SYSTEM_DISK, processes=512)


def room(size: Size) -> ZoneRoom:
    """How many zones and records fit. A signed record takes a kilobyte of memory, two while it changes."""
    if size.memory < 512 * MIB:
        return ZoneRoom(zones=5, records=2_000)
    if size.memory < GIB:
        return ZoneRoom(zones=30, records=20_000)
    return ZoneRoom(zones=200, records=100_000)
