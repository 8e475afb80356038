"""From a plan's size to the kernel's limits, and to how many connections there are at a time."""

from __future__ import annotations

from souk.engines.contract import Limits
from souk.provisioning.contract import GIB, Size

MIB = 1024**2

SYSTEM_DISK = GIB
"""Disk that the machine itself takes, in bytes: the image counts against its quota. The plan's comes on top."""

_SYSTEM_MEMORY = 128 * MIB
_A_CONNECTION = 64 * 1024
"""Bytes, on either side of it and with TLS, as HAProxy's makers reckon, and some to spare."""


def machine_limits(size: Size) -> Limits:
    """What the kernel enforces: the plan's processors and memory, its disk and the system's, and processes."""
    return Limits(vcpus=size.vcpus, memory=size.memory, disk=size.disk + SYSTEM_DISK, processes=512)


def connections(memory: int) -> int:
    """How many clients may be connected at a time where a machine has so much memory, in bytes. While a configuration
    is taken anew there are two processes.
    """
    return max(1000, (memory - _SYSTEM_MEMORY) // 2 // _A_CONNECTION // 500 * 500)
