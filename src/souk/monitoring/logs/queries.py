"""What reads logs and slow queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from souk.kernel.scope import Scope, acting
from souk.monitoring.models import SlowStatements

#: Of an id and an index on it: the newest first, or those that follow another one.
_LINES = """
select id, at, severity, text from monitoring_logline
where instance_id = %(instance)s and at >= %(since)s and at < %(until)s
    and (%(after)s::bigint is null or id > %(after)s)
    and (%(text)s = '' or strpos(lower(text), lower(%(text)s)) > 0) and (not %(errors)s or severity = 'error')
order by id {order} limit %(limit)s
"""


@dataclass(frozen=True)
class LogRow:
    """A line of a service's log; `severity` is info, warning or error. Ids grow in the order of the log."""

    id: int
    at: datetime
    severity: str
    text: str


@dataclass(frozen=True)
class LogSearch:
    """Which lines are wanted: of a period, with a text in them in whatever case, errors only; `after` a line's id, or
    the newest.
    """

    since: datetime
    until: datetime
    text: str = ""
    errors: bool = False
    after: int | None = None
    limit: int = 200


@dataclass(frozen=True)
class StatementRow:
    """A kind of query with its constants taken out: how often it ran, seconds and rows in all."""

    database: str
    text: str
    calls: int
    seconds: float
    rows: int


@dataclass(frozen=True)
class StatementsRow:
    """A service's slowest kinds of query, as they were `at`; None if they were never asked for."""

    at: datetime | None = None
    statements: list[StatementRow] = field(default_factory=list)


def lines(scope: Scope, instance: UUID, search: LogSearch) -> list[LogRow]:
    """Lines of an instance's log, oldest first."""
    order = "desc" if search.after is None else "asc"
    given: dict[str, Any] = {
        "instance": instance,
        "since": search.since,
        "until": search.until,
        "after": search.after,
        "text": search.text,
        "errors": search.errors,
        "limit": search.limit,
    }
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_LINES.format(order=order), given)
        found = [LogRow(*row) for row in cursor.fetchall()]
    return found if search.after is not None else found[::-1]


def statements(scope: Scope, instance: UUID) -> StatementsRow:
    """An instance's slowest queries, the one that took longest in all first."""
    with acting(scope):
        row = SlowStatements.objects.filter(instance_id=instance).first()
    if row is None:
        return StatementsRow()
    told: list[dict[str, Any]] = row.statements
    return StatementsRow(row.at, [StatementRow(**each) for each in told])
