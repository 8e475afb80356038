"""What reads a service's values over time: one statement, thinned to what a chart can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.db import connection

from souk.kernel import clock
from souk.kernel.scope import Scope, acting
from souk.monitoring import vocabulary
from souk.monitoring.samples import WORKER
from souk.provisioning import registry
from souk.provisioning.contract import STORED, Metric, Reading

POINTS = 200
MINUTE = timedelta(minutes=1)


_RECENT = timedelta(minutes=10)
_STORED = """
select i.id, i.organization_id, l.vals[k.place]::bigint
from unnest(%(kinds)s::text[], %(places)s::int[]) as k (blueprint, place)
join provisioning_serviceinstance i on i.blueprint = k.blueprint
join monitoring_lastlook l on l.instance_id = i.id
where i.desired = 'running' and l.vals[k.place] is not null and l.at > %(since)s
"""

#: When a step was last seen, and the highest value of each metric in it.
_Step = tuple[datetime, Sequence[float | None]]


@dataclass(frozen=True)
class Row:
    """A metric over time: of a gauge the highest value of each step, of a counter its growth in a second over it; None
    where nothing was seen.
    """

    metric: Metric
    values: list[float | None]


@dataclass(frozen=True)
class MetricsRow:
    """A service's metrics in a period: what was seen in the `step` that begins with each of the instants."""

    since: datetime
    until: datetime
    step: timedelta
    instants: list[datetime]
    rows: list[Row]

    @property
    def empty(self) -> bool:
        """Whether nothing was seen in the period."""
        return all(value is None for row in self.rows for value in row.values)

    def values(self, key: str) -> list[float | None]:
        """One metric's values."""
        return next(row.values for row in self.rows if row.metric.key == key)


def last(scope: Scope, instance: UUID, blueprint: str, key: str) -> float | None:
    """A metric as it was when the instance was last looked at; None if it was not seen, or its kind tells no such."""
    places = {metric.key: place for place, metric in vocabulary.metrics(blueprint)}
    if (place := places.get(key)) is None:
        return None
    with acting(scope), connection.cursor() as cursor:
        cursor.execute("select vals[%s] from monitoring_lastlook where instance_id = %s", [place + 1, instance])
        row = cursor.fetchone()
    return None if row is None else row[0]


@dataclass(frozen=True)
class StoredRow:
    """How many bytes of its customer's own data an instance told that it holds."""

    instance: UUID
    organization: UUID
    stored: int


def stored() -> list[StoredRow]:
    """What running services that tell it held when they were last looked at, within the last ten minutes."""
    told = {
        kind: place + 1
        for kind in registry.blueprints()
        for place, metric in vocabulary.metrics(kind)
        if metric.key == STORED
    }
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(_STORED, {"kinds": list(told), "places": list(told.values()), "since": clock.now() - _RECENT})
        return [StoredRow(*row) for row in cursor.fetchall()]


def metrics(scope: Scope, instance: UUID, blueprint: str, since: datetime, until: datetime) -> MetricsRow:
    """An instance's metrics in a period, in at most `POINTS` steps of whole minutes."""
    step = MINUTE * max(1, -(-(until - since) // (MINUTE * POINTS)))
    origin = since.replace(second=0, microsecond=0)
    known = vocabulary.metrics(blueprint)
    seen = _seen(scope, instance, (since, until), step, [place for place, _metric in known])
    instants = [origin + step * number for number in range(-(-(until - origin) // step))]
    steps = [seen.get(instant) for instant in instants]
    return MetricsRow(
        since, until, step, instants, [_row(metric, number, steps) for number, (_place, metric) in enumerate(known)]
    )


def _seen(
    scope: Scope, instance: UUID, period: tuple[datetime, datetime], step: timedelta, places: Sequence[int]
) -> dict[datetime, _Step]:
    columns = ", ".join(f"max(vals[{place + 1}])" for place in places)
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            f"select date_bin(make_interval(secs => %s), at, date_trunc('minute', %s)) as step, max(at), {columns}"  # noqa: S608
            " from monitoring_sample where instance_id = %s and at >= %s and at < %s group by step",
            [step.total_seconds(), period[0], instance, *period],
        )
        return {row[0]: (row[1], row[2:]) for row in cursor.fetchall()}


def _row(metric: Metric, place: int, steps: Sequence[_Step | None]) -> Row:
    seen = [_at(step, place) for step in steps]
    if metric.reading == Reading.GAUGE:
        return Row(metric, [None if each is None else each[1] for each in seen])
    return Row(metric, [None, *(_growth(former, latter) for former, latter in pairwise(seen))])


def _at(step: _Step | None, place: int) -> tuple[datetime, float] | None:
    """A place's value in a step; samples from before the metric was known have none."""
    value = step[1][place] if step is not None else None
    return None if step is None or value is None else (step[0], value)


def _growth(former: tuple[datetime, float] | None, latter: tuple[datetime, float] | None) -> float | None:
    """What a counter gained in a second; one that went back has begun again with nothing."""
    if former is None or latter is None:
        return None
    gained = latter[1] - former[1] if latter[1] >= former[1] else latter[1]
    return gained / (latter[0] - former[0]).total_seconds()
