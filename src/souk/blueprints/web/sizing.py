"""From a plan's size to the kernel's limits, and to how many requests are worked on at a time."""

from __future__ import annotations

from souk.engines.contract import Limits
from souk.provisioning.contract import GIB, Size

MIB = 1024**2

SYSTEM_DISK = GIB
"""Disk that the machine itself takes, in bytes: the image counts against its quota. The plan's comes on top."""

SYSTEM_MEMORY = 160 * MIB
"""Bytes that the web server and the system keep for themselves, whatever PHP does."""

SMALLEST_WORKER = 48 * MIB
"""Bytes that a program in PHP takes however little it does."""

MOST_WORKERS = 100


def machine_limits(size: Size) -> Limits:
    """What the kernel enforces: the plan's processors and memory, its disk and the system's, and processes."""
    return Limits(vcpus=size.vcpus, memory=size.memory, disk=size.disk + SYSTEM_DISK, processes=2048)


def workers(memory: int, each: int) -> int:
    """How many programs in PHP may run at a time where a machine has so much `memory` and `each` may take so much, in
    bytes. Few ever take all they may: it is reckoned with half.
    """
    return max(2, min(MOST_WORKERS, (memory - SYSTEM_MEMORY) // max(SMALLEST_WORKER, each // 2)))


def connections(memory: int) -> int:
    """How many requests the web server itself answers at a time: one waits for PHP, or sends a file. Of 25 each."""
    return 25 * max(3, min(16, memory // (256 * MIB)))
