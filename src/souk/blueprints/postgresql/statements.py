"""The queries that took longest in all, as pg_stat_statements counts them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from souk.provisioning.contract import ConfigurationFailed, Guest, Statement

_AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
_PSQL = (
    *(
        "env",
        "PGHOST=/run/postgresql",
        "PGCONNECT_TIMEOUT=5",
        "PGOPTIONS=-c statement_timeout=5000 -c default_transaction_read_only=off",
    ),
    *("/usr/lib/postgresql/17/bin/psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"),
    *("--set=ON_ERROR_STOP=1", "postgres"),
)
# In the maintenance database, where no customer signs in. Constants are taken out of queries only: what else may carry
# some, such as a password that is changed, is not told; nor is what the platform asks itself.
_SLOWEST = """
set client_min_messages = warning;
create extension if not exists pg_stat_statements;
set search_path = pg_catalog;
select coalesce(json_agg(slowest), '[]') from (
    select d.datname as database, left(s.query, 2000) as text, sum(s.calls) as calls,
        sum(s.total_exec_time) / 1000 as seconds, sum(s.rows) as rows
    from public.pg_stat_statements s
    join pg_database d on d.oid = s.dbid
    where s.userid <> 10 and s.query ~* '^\\s*(select|insert|update|delete|merge|with|values|table)\\M'
        and s.query !~ 'pg_postmaster_start_time'
    group by d.datname, left(s.query, 2000) order by seconds desc limit {most}) slowest;
"""


def slowest(guest: Guest, most: int) -> Sequence[Statement]:
    """The `most` kinds of query that took longest since the counters were last put to nothing.

    Raises:
        ConfigurationFailed.
    """
    script = _SLOWEST.format(most=int(most))
    done = guest.execute([*_AS_POSTGRES, *_PSQL], stdin=script.encode(), timeout=15)
    if done.exit_code:
        raise ConfigurationFailed(done.stderr.strip()[:200] or "psql failed")
    return msgspec.json.decode(done.stdout, type=list[Statement])
