"""From a plan's size to the kernel's limits and MariaDB's settings."""

from __future__ import annotations

import ipaddress

from souk.engines.contract import Limits
from souk.provisioning.contract import GIB, Size, Wanted

MIB = 1024**2

SYSTEM_DISK = GIB
"""Disk that the machine itself takes, in bytes: the image counts against its quota. The plan's comes on top."""

_HOME, _FOLDER = "/var/lib/mariadb", "/etc/souk/mariadb"


def machine_limits(size: Size) -> Limits:
    """What the kernel enforces: the plan's processors and memory, its disk and the system's, and processes.

    Each connection is a thread; some headroom for the server's own and for maintenance comes with it.
    """
    return Limits(
        vcpus=size.vcpus,
        memory=size.memory,
        disk=size.disk + SYSTEM_DISK,
        processes=most_connections(size) + 600,
    )


def most_connections(size: Size) -> int:
    """100 for each gibibyte of memory, between 50 and 500: each may take some megabytes while it sorts and joins."""
    return min(500, max(50, 100 * size.memory // GIB))


def buffers(size: Size) -> int:
    """Bytes of tables that the server keeps in memory: half of a small machine's, more of a large one's, whose system
    and connections do not grow as it does.
    """
    return (size.memory // 2 if size.memory < 2 * GIB else size.memory * 5 // 8) // MIB * MIB


def log_file(size: Size) -> int:
    """Bytes of changes that may wait to be written into tables; a crash is recovered from in proportion to it."""
    return min(GIB, max(48 * MIB, size.disk // 100 // MIB * MIB))


def most_history(size: Size) -> int:
    """Bytes of history, the binary log, that are kept on the disk: for whoever takes over from this machine."""
    return min(2 * GIB, max(64 * MIB, size.disk // 20 // MIB * MIB))


def reserve(size: Size) -> int:
    """How many bytes of the disk are left when writes begin to be refused: a twentieth of it, and as much as can be
    written before that takes effect.
    """
    return max(256 * MIB, min(GIB, size.disk // 20))


def settings(wanted: Wanted) -> dict[str, str]:
    """What MariaDB begins with on a machine of this size that it has to itself."""
    size = wanted.size
    return {
        "innodb_buffer_pool_size": f"{buffers(size) // MIB}M",
        "innodb_log_file_size": f"{log_file(size) // MIB}M",
        "max_binlog_total_size": f"{most_history(size) // MIB}M",
        "max_binlog_size": f"{min(256 * MIB, most_history(size) // 4) // MIB}M",
        # Two machines of one service must differ, and an address is nobody else's.
        "server_id": str(int(ipaddress.IPv4Address(wanted.address))),
        **_ALWAYS,
    }


_ALWAYS = {
    "datadir": f"{_HOME}/data",
    "tmpdir": f"{_HOME}/data",
    "socket": "/run/mariadb/socket",
    "pid_file": "/run/mariadb/pid",
    "bind_address": "0.0.0.0",  # noqa: S104
    "port": "3306",
    "skip_name_resolve": "ON",
    "require_secure_transport": "ON",
    "tls_version": "TLSv1.2,TLSv1.3",
    "ssl_cert": f"{_FOLDER}/server.crt",
    "ssl_key": f"{_FOLDER}/server.key",
    "ssl_ca": f"{_FOLDER}/ca.crt",
    # A folder in which nothing can be, whatever right somebody has.
    "secure_file_priv": "/var/lib/mariadb-files",
    "symbolic_links": "OFF",
    # Of other engines' tables no backup is of one instant.
    "enforce_storage_engine": "InnoDB",
    "innodb_flush_method": "O_DIRECT",
    "innodb_use_native_aio": "OFF",
    "key_buffer_size": "1M",
    "aria_pagecache_buffer_size": "16M",
    # The history, without which nobody could follow. Of a crash nothing acknowledged is lost.
    "log_bin": f"{_HOME}/log/binlog",
    "log_bin_compress": "ON",
    "binlog_format": "ROW",
    "sync_binlog": "1",
    # Rows are what is written there: whoever makes triggers and functions needs no more rights than for that.
    "log_bin_trust_function_creators": "ON",
    "binlog_expire_logs_seconds": "86400",
    # It is bounded also where nobody follows.
    "slave_connections_needed_for_purge": "0",
    "relay_log": f"{_HOME}/log/relay",
    "log_slave_updates": "ON",
    "skip_slave_start": "ON",
    "gtid_strict_mode": "ON",
    "log_output": "FILE",
    "slow_query_log": "ON",
    "slow_query_log_file": "/var/log/mariadb/slow.log",
    # Which kinds of query take long; nothing else is counted.
    "performance_schema": "ON",
    "performance_schema_instrument": "'statement/%=ON'",
    "performance_schema_consumer_statements_digest": "ON",
    "performance_schema_digests_size": "2000",
    "performance_schema_max_table_instances": "0",
    "performance_schema_max_table_handles": "0",
    "performance_schema_max_file_instances": "0",
    "performance_schema_max_mutex_instances": "0",
    "performance_schema_max_rwlock_instances": "0",
    "performance_schema_max_cond_instances": "0",
    "performance_schema_max_socket_instances": "0",
    "performance_schema_events_waits_history_long_size": "0",
    "performance_schema_events_stages_history_long_size": "0",
    "performance_schema_events_statements_history_long_size": "0",
    "performance_schema_events_transactions_history_long_size": "0",
    "performance_schema_accounts_size": "0",
    "performance_schema_hosts_size": "0",
    "performance_schema_users_size": "0",
}
