"""The values of each minute: written in one statement a round, kept for thirty days in partitions of one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from souk.kernel.scope import System, acting

KEPT_DAYS = 30
WORKER = System("monitoring")

_WRITE = """
insert into monitoring_sample (instance_id, organization_id, at, vals)
select instance, organization, %s, vals::float8[]
from unnest(%s::uuid[], %s::uuid[], %s::text[]) as row (instance, organization, vals)
on conflict do nothing
"""


@dataclass(frozen=True)
class Sample:
    """An instance's values at a moment, by their place in its vocabulary; None for what is not known."""

    instance: UUID
    organization: UUID
    values: Sequence[float | None]


def write(samples: Sequence[Sample], at: datetime) -> None:
    """Keep what was seen at a moment."""
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                at,
                [sample.instance for sample in samples],
                [sample.organization for sample in samples],
                [literal(sample.values) for sample in samples],
            ],
        )


def literal(values: Sequence[float | None]) -> str:
    """Values as PostgreSQL writes an array."""
    return "{" + ",".join("NULL" if value is None else repr(float(value)) for value in values) + "}"


def roll(back: int = 1) -> None:
    """Have partitions from `back` days ago to three days ahead, and drop those that are too old."""
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute("select souk_roll_days('monitoring_sample', %s, %s)", [KEPT_DAYS, back])
