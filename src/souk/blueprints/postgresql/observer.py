"""What PostgreSQL tells of itself: its own statistics, read over TLS as a client reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg

from souk.blueprints import panels
from souk.blueprints.postgresql import journal, probing, statements
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
    Statement,
    Wanted,
)

_READ_WITHIN = 3.0
"""Seconds."""

# In the order of `METRICS`; only PostgreSQL's own functions are found, whatever a customer's database holds.
_STATISTICS = """
select extract(epoch from pg_postmaster_start_time())::float8,
    (select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid())::float8,
    current_setting('max_connections')::float8,
    sum(xact_commit + xact_rollback)::float8, sum(blks_hit)::float8, sum(blks_read)::float8,
    (select sum(pg_database_size(oid)) from pg_database where datallowconn)::float8,
    sum(deadlocks)::float8, sum(temp_bytes)::float8,
    (select extract(epoch from max(replay_lag)) from pg_stat_replication)::float8,
    coalesce((select extract(epoch from now() - min(xact_start)) from pg_stat_activity
              where backend_type = 'client backend' and pid <> pg_backend_pid()), 0)::float8,
    coalesce(extract(epoch from now())
             - substring(current_setting('souk.full_since', true) from '^[0-9]{1,12}$')::float8, 0)::float8
from pg_stat_database
"""

_GAUGE, _COUNTER = Reading.GAUGE, Reading.COUNTER
METRICS = (
    Metric("connections", _GAUGE, "", "Client connections that are open"),
    Metric("connections_limit", _GAUGE, "", "Client connections that may be open at once"),
    Metric("transactions", _COUNTER, "", "Transactions committed or rolled back"),
    Metric("blocks_hit", _COUNTER, "", "Blocks found in PostgreSQL's own memory"),
    Metric("blocks_read", _COUNTER, "", "Blocks asked of the operating system"),
    Metric("database_bytes", _GAUGE, "bytes", "Size of all databases"),
    Metric("deadlocks", _COUNTER, "", "Deadlocks that were broken"),
    Metric("temporary_bytes", _COUNTER, "bytes", "Written into temporary files by queries"),
    Metric("replication_lag", _GAUGE, "seconds", "How far the slowest replica is behind"),
    Metric("oldest_transaction", _GAUGE, "seconds", "Age of the oldest open transaction"),
    Metric("read_only", _GAUGE, "seconds", "How long nothing can be written, because the disk is full"),
)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


PANELS = (
    panels.CONNECTIONS,
    Panel("transactions", _("Transactions a second"), "", (Curve(_("Transactions"), "transactions"),)),
    Panel("cache", _("Read from memory"), "%", (Curve(_("Share"), "blocks_hit", beside="blocks_read"),)),
    panels.DATABASES,
    panels.OLDEST_TRANSACTION,
    Panel("temporary", _("Temporary files a second"), "bytes", (Curve(_("Written"), "temporary_bytes"),)),
    Panel("replication", _("Replication lag"), "s", (Curve(_("Lag"), "replication_lag"),)),
)


class StatisticsObserver(Supervised):
    """One connection and one statement: whether it answers, and its statistics."""

    unit = "souk-postgresql.service"
    metrics = METRICS
    panels = PANELS
    asks_queries = True

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Read the statistics; whoever may is a member of `pg_monitor`, as the owner is."""
        try:
            with (
                probing.connect(wanted, credentials, authority) as connection,
                probing.cut_after(connection, _READ_WITHIN),
            ):
                connection.execute("set search_path = pg_catalog")
                row = connection.execute(_STATISTICS).fetchone()
        except psycopg.Error as error:
            return Look(Health(ok=False, detail=probing.first_line(error)))
        assert row is not None, "an aggregate has a row"
        started, *values = row
        return Look(Health(ok=True), values, datetime.fromtimestamp(started, UTC))

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart:
        """The lines of PostgreSQL's own unit in the machine's journal.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return journal.read(guest, after, most)

    def statements(self, guest: Guest, wanted: Wanted, most: int) -> Sequence[Statement]:
        """What pg_stat_statements counted.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return statements.slowest(guest, most)
