"""What MariaDB tells of itself: its own counters, read over TLS as a client reads them."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from souk.blueprints import journals, panels
from souk.blueprints.mariadb import probing, statements
from souk.blueprints.supervision import Supervised
from souk.provisioning.contract import (
    Credentials,
    Curve,
    Guest,
    Health,
    LogPart,
    Look,
    Metric,
    Panel,
    Reading,
    Severity,
    Statement,
    Wanted,
)

# Under names that no counter of the server's has, what it tells elsewhere.
_COUNTERS = """
SELECT VARIABLE_NAME, VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN (
    'UPTIME', 'THREADS_CONNECTED', 'QUESTIONS', 'SLOW_QUERIES', 'INNODB_BUFFER_POOL_READ_REQUESTS',
    'INNODB_BUFFER_POOL_READS', 'ROWS_READ', 'HANDLER_WRITE', 'HANDLER_UPDATE', 'HANDLER_DELETE', 'INNODB_DEADLOCKS',
    'CREATED_TMP_DISK_TABLES')
UNION ALL SELECT 'limit', @@GLOBAL.max_connections
UNION ALL SELECT 'since', COALESCE(@souk_full_since, 0)
UNION ALL SELECT 'size', SUM(FILE_SIZE) FROM information_schema.INNODB_SYS_TABLESPACES
UNION ALL SELECT 'oldest', COALESCE(TIMESTAMPDIFF(SECOND, MIN(trx_started), NOW()), 0)
    FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id <> CONNECTION_ID()
"""

_GAUGE, _COUNTER = Reading.GAUGE, Reading.COUNTER
METRICS = (
    Metric("connections", _GAUGE, "", "Client connections that are open"),
    Metric("connections_limit", _GAUGE, "", "Client connections that may be open at once"),
    Metric("queries", _COUNTER, "", "Statements that clients sent"),
    Metric("slow_queries", _COUNTER, "", "Statements that took longer than the chosen limit"),
    Metric("pages_hit", _COUNTER, "", "Pages of tables found in MariaDB's own memory"),
    Metric("pages_read", _COUNTER, "", "Pages of tables read from the disk"),
    Metric("database_bytes", _GAUGE, "bytes", "Size of all databases"),
    Metric("rows_read", _COUNTER, "", "Rows read"),
    Metric("rows_written", _COUNTER, "", "Rows inserted, updated or deleted"),
    Metric("deadlocks", _COUNTER, "", "Deadlocks that were broken"),
    Metric("temporary_tables", _COUNTER, "", "Temporary tables that queries put on the disk"),
    Metric("oldest_transaction", _GAUGE, "seconds", "Age of the oldest open transaction"),
    Metric("read_only", _GAUGE, "seconds", "How long nothing can be written, because the disk is full"),
)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


PANELS = (
    panels.CONNECTIONS,
    Panel(
        "queries",
        _("Queries a second"),
        "",
        (Curve(_("Queries"), "queries"), Curve(_("Slow queries"), "slow_queries")),
    ),
    Panel("cache", _("Read from memory"), "%", (Curve(_("Share"), "pages_hit", beside="pages_read"),)),
    Panel(
        "rows", _("Rows a second"), "", (Curve(_("Rows read"), "rows_read"), Curve(_("Rows written"), "rows_written"))
    ),
    panels.DATABASES,
    panels.OLDEST_TRANSACTION,
)

_UNITS = ("--unit=souk-mariadb.service", "--unit=souk-slow-queries.service", "--output-fields=MESSAGE")
_SEVERITY = re.compile(r"\[(Note|Warning|ERROR)\]\s")
_SEVERITIES = {"Warning": Severity.WARNING, "ERROR": Severity.ERROR}


class StatusObserver(Supervised):
    """One connection and one statement: whether it answers, and its counters."""

    unit = "souk-mariadb.service"
    metrics = METRICS
    panels = PANELS
    asks_queries = True

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Read the counters; some are told only to whoever sees what runs on the server, as an owner does."""
        try:
            with probing.connect(wanted, credentials, authority) as connection, connection.cursor() as cursor:
                cursor.execute(_COUNTERS)
                told = {str(name).lower(): float(value or 0) for name, value in cursor.fetchall()}
        except probing.FAILURES as error:
            return Look(Health(ok=False, detail=probing.told(error)))
        started = datetime.fromtimestamp(time.time() - told["uptime"], UTC)
        return Look(Health(ok=True), _values(told, time.time()), started)

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart:
        """What MariaDB wrote of errors and of slow queries, from the machine's journal.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return journals.read(guest, _UNITS, after, most, _described)

    def statements(self, guest: Guest, wanted: Wanted, most: int) -> Sequence[Statement]:
        """What the performance schema counted.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return statements.slowest(guest, most)


def _values(told: Mapping[str, float], now: float) -> list[float]:
    """In the order of `METRICS`. The look's own connection is not counted."""
    asked, read = told["innodb_buffer_pool_read_requests"], told["innodb_buffer_pool_reads"]
    return [
        told["threads_connected"] - 1,
        told["limit"],
        told["questions"],
        told["slow_queries"],
        max(0.0, asked - read),
        read,
        told["size"],
        told["rows_read"],
        told["handler_write"] + told["handler_update"] + told["handler_delete"],
        told["innodb_deadlocks"],
        told["created_tmp_disk_tables"],
        told["oldest"],
        now - told["since"] if told["since"] else 0.0,
    ]


def _described(entry: Mapping[str, Any], text: str) -> tuple[Severity, str]:
    del entry
    found = _SEVERITY.search(text)
    if found:
        return _SEVERITIES.get(found[1], Severity.INFO), text
    return (Severity.WARNING if text.startswith("slow query: ") else Severity.INFO), text
