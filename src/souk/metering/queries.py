"""What reads usage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection

from souk.kernel.scope import Scope, acting


@dataclass(frozen=True)
class UsageRow:
    """An interval of running or stopped; `until` is None while it lasts."""

    meter: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class SampleRow:
    """What was counted at a moment: bytes on disk, bytes sent since the sample before, CPU seconds, bytes of memory."""

    at: datetime
    disk: int
    egress: int
    cpu_seconds: float
    memory: int


@dataclass(frozen=True)
class TotalRow:
    """What an instance used within a period: seconds of running, bytes sent, and bytes on disk when last looked at."""

    instance: UUID
    running: float
    egress: int
    disk: int | None


def intervals(scope: Scope, instance: UUID, since: datetime, until: datetime) -> list[UsageRow]:
    """The instance's intervals within a period, clipped to it, oldest first."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            "select meter, lower(c), case when upper_inf(during) and upper(c) = %(until)s then null else upper(c) end"
            " from (select meter, during, during * tstzrange(%(since)s, %(until)s) as c from metering_usageinterval"
            "       where instance_id = %(instance)s and during && tstzrange(%(since)s, %(until)s)) clipped"
            " where not isempty(c) order by lower(c)",
            {"since": since, "until": until, "instance": instance},
        )
        return [UsageRow(*row) for row in cursor.fetchall()]


def seconds(scope: Scope, instance: UUID, meter: str, since: datetime, until: datetime) -> float:
    """How long the instance was metered as `meter` within a period, in seconds to the microsecond."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(extract(epoch from upper(c) - lower(c))), 0) from"
            " (select during * tstzrange(%s, %s) as c from metering_usageinterval"
            "  where instance_id = %s and meter = %s and during && tstzrange(%s, %s)) clipped where not isempty(c)",
            [since, until, instance, meter, since, until],
        )
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


_HELD = """
select coalesce(sum(extra * extract(epoch from upper(c) - lower(c))), 0)
from (select d.extra, d.during * u.during * tstzrange(%(since)s, %(until)s) as c
      from metering_helddisk d
      join metering_usageinterval u on u.instance_id = d.instance_id and u.during && d.during
      where d.instance_id = %(instance)s and d.during && tstzrange(%(since)s, %(until)s)) clipped
where not isempty(c)
"""


def extra_disk(scope: Scope, instance: UUID, since: datetime, until: datetime) -> Decimal:
    """Disk beyond the plan that was held within a period, running or stopped: bytes times seconds."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_HELD, {"instance": instance, "since": since, "until": until})
        return Decimal(cursor.fetchone()[0])


_HELD_ADDRESSES = _HELD.replace("metering_helddisk", "metering_heldaddresses").replace("d.extra", "d.held as extra")


def addresses(scope: Scope, instance: UUID, since: datetime, until: datetime) -> Decimal:
    """Public addresses that were on the instance's bill within a period, running or stopped: their number times
    seconds.
    """
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_HELD_ADDRESSES, {"instance": instance, "since": since, "until": until})
        return Decimal(cursor.fetchone()[0])


_STORED = """
select coalesce(sum(stored * extract(epoch from upper(c) - lower(c))), 0)
from (select d.stored, d.during * u.during * tstzrange(%(since)s, %(until)s) as c
      from metering_storeddata d
      join metering_usageinterval u on u.instance_id = d.instance_id and u.meter = 'running' and u.during && d.during
      where d.instance_id = %(instance)s and d.during && tstzrange(%(since)s, %(until)s)) clipped
where not isempty(c)
"""


def stored(scope: Scope, instance: UUID, since: datetime, until: datetime) -> Decimal:
    """Data that was held within a period while the instance ran: bytes times seconds."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_STORED, {"instance": instance, "since": since, "until": until})
        return Decimal(cursor.fetchone()[0])


def egress(scope: Scope, instance: UUID, since: datetime, until: datetime) -> int:
    """Bytes sent within a period."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(egress), 0) from metering_usagesample where instance_id = %s and at > %s and at <= %s",
            [instance, since, until],
        )
        return int(cursor.fetchone()[0])


def samples(scope: Scope, instance: UUID, since: datetime, *, limit: int = 500) -> list[SampleRow]:
    """Samples since an instant, oldest first, thinned to at most `limit`."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            "select at, disk, egress, cpu_seconds, memory from (select *, row_number() over (order by at) as n,"
            " count(*) over () as total from metering_usagesample where instance_id = %s and at >= %s) numbered"
            " where n %% greatest(1, total / %s) = 0 order by at",
            [instance, since, limit],
        )
        return [SampleRow(*row) for row in cursor.fetchall()]


def sent(
    scope: Scope, instance: UUID, since: datetime, until: datetime, every: timedelta
) -> list[tuple[datetime, int]]:
    """Bytes sent in each `every` of a period, oldest first; a time without a sample has no row."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            "select date_bin(make_interval(secs => %s), at, %s) as bin, sum(egress)::bigint from metering_usagesample"
            " where instance_id = %s and at > %s and at <= %s group by bin order by bin",
            [every.total_seconds(), since, instance, since, until],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def totals(scope: Scope, instances: Sequence[UUID], since: datetime, until: datetime) -> dict[UUID, TotalRow]:
    """What each of some instances used within a period, one statement."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            "select i.id, (select coalesce(sum(extract(epoch from upper(c) - lower(c))), 0)::float from"
            "  (select during * tstzrange(%(since)s, %(until)s) as c from metering_usageinterval u"
            "   where u.instance_id = i.id and meter = 'running' and during && tstzrange(%(since)s, %(until)s)) clipped"
            "  where not isempty(c)),"
            " (select coalesce(sum(egress), 0)::bigint from metering_usagesample s"
            "  where s.instance_id = i.id and at > %(since)s and at <= %(until)s),"
            " (select disk from metering_usagesample s where s.instance_id = i.id order by at desc limit 1)"
            " from unnest(%(instances)s::uuid[]) i(id)",
            {"since": since, "until": until, "instances": list(instances)},
        )
        return {row[0]: TotalRow(*row) for row in cursor.fetchall()}


def reported(scope: Scope, instance: UUID, meter: str, since: datetime, until: datetime) -> Decimal:
    """Units of a meter that were reported from elsewhere within a period: what was billed is not added to later."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(quantity), 0) from metering_reportedusage"
            " where instance_id = %s and meter = %s and recorded_at > %s and recorded_at <= %s",
            [instance, meter, since, until],
        )
        return Decimal(cursor.fetchone()[0])
