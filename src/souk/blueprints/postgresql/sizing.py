"""From a plan's size to the kernel's limits and PostgreSQL's settings."""

from __future__ import annotations

from souk.engines.contract import Limits
from souk.provisioning.contract import Size

MIB = 1024**2
GIB = 1024**3

SYSTEM_DISK = GIB
"""Disk that the machine itself takes, in bytes: the image counts against its quota. The plan's comes on top."""


def machine_limits(size: Size) -> Limits:
    """What the kernel enforces: the plan's processors and memory, its disk and the system's, and processes.

    Each connection is a process; some headroom for maintenance comes with it.
    """
    return Limits(
        vcpus=size.vcpus,
        memory=size.memory,
        disk=size.disk + SYSTEM_DISK,
        processes=max_connections(size) + 400,
    )


def max_connections(size: Size) -> int:
    """100 for each gibibyte of memory, between 50 and 500: beyond, a pooler serves better."""
    return min(500, max(50, 100 * size.memory // GIB))


def pool(size: Size) -> dict[str, int]:
    """How many connections a pool keeps for a user in a database, how many for a database in all, and how many clients
    may share them. Half of what the server takes is left to those who come without the pool.
    """
    connections = max_connections(size)
    return {
        "connections": connections // 5,
        "connections_of_a_database": connections // 2,
        "clients": connections * 10,
    }


def most_waiting(size: Size) -> int:
    """How many bytes of history may wait for a repository that does not answer, before the oldest is given up.

    A tenth of the plan's disk: history that is lost ends with the next backup, a full disk ends the service.
    """
    return max(512 * MIB, size.disk // 10)


def most_history(size: Size) -> int:
    """How many bytes of history there are between two checkpoints."""
    return min(4096, max(256, size.disk // MIB // 10)) * MIB


def reserve(size: Size) -> int:
    """How many bytes of the disk are left when PostgreSQL begins to refuse writes: a twentieth of it, and as much as
    can be written before that takes effect.
    """
    return max(256 * MIB, min(GIB, size.disk // 20))


def settings(size: Size) -> dict[str, str]:
    """`postgresql.conf` for a machine of this size that PostgreSQL has to itself.

    A quarter of memory for shared buffers and three quarters as what the page cache may hold are PostgreSQL's
    own advice (manual, section 19.4). Sorting memory is what remains, shared by all connections, thrice over.
    """
    memory, connections = size.memory // MIB, max_connections(size)
    return {
        "max_connections": str(connections),
        "shared_buffers": f"{memory // 4}MB",
        "effective_cache_size": f"{memory * 3 // 4}MB",
        "work_mem": f"{max(4, memory * 3 // 4 // (connections * 3))}MB",
        "maintenance_work_mem": f"{min(1024, max(32, memory // 16))}MB",
        "max_worker_processes": str(max(8, size.vcpus)),
        "max_parallel_workers": str(size.vcpus),
        "max_parallel_workers_per_gather": str(max(0, min(4, size.vcpus // 2))),
        "max_wal_size": f"{most_history(size) // MIB}MB",
        "min_wal_size": "80MB",
        **_ALWAYS,
    }


_ALWAYS = {
    "shared_preload_libraries": "pg_stat_statements",
    # The image has no LLVM.
    "jit": "off",
    "huge_pages": "off",
    "random_page_cost": "1.1",
    "wal_compression": "lz4",
    # Overwriting WAL in place gains nothing where the file system copies on write.
    "wal_init_zero": "off",
    "wal_recycle": "off",
    # How much of the latest history a lost machine may take with it, in seconds.
    "archive_timeout": "60",
    "ssl_min_protocol_version": "TLSv1.2",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%p %u@%d %h ",
    "log_checkpoints": "off",
    "log_min_duration_statement": "-1",
    "log_statement": "none",
    # SQL errors would carry customers' data into the journal.
    "log_min_error_statement": "panic",
    "idle_in_transaction_session_timeout": "1h",
    "tcp_keepalives_idle": "60",
}
