"""Pools of machines that wait ready for an order."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, Q

from souk.kernel.scope import Operator, acting
from souk.provisioning.contract import Size
from souk.provisioning.models import WarmPool, WorkKind


@dataclass(frozen=True)
class PoolRow:
    """A pool: how many machines of its size wait on a site, how many may; sizes in bytes; `trouble` is a message id."""

    id: UUID
    site_id: UUID
    blueprint: str
    vcpus: int
    memory: int
    disk: int
    least: int
    most: int
    waiting: int
    trouble: str


def pools(scope: Operator) -> list[PoolRow]:
    """Every pool, the smallest size of each blueprint first."""
    with acting(scope):
        ready = Q(machines__ready_at__isnull=False, machines__taken_at__isnull=True)
        rows = WarmPool.objects.annotate(waiting=Count("machines", filter=ready))
        ordered = rows.order_by("site_id", "blueprint", "memory", "vcpus", "disk")
        return [PoolRow(*row) for row in ordered.values_list(*PoolRow.__dataclass_fields__)]


def ensure_pool(site: UUID, blueprint: str, size: Size, least: int = 0) -> UUID:
    """The pool of a size on a site, made with its work item if there is none; in the caller's transaction."""
    pool, made = WarmPool.objects.get_or_create(
        site_id=site,
        blueprint=blueprint,
        vcpus=size.vcpus,
        memory=size.memory,
        disk=size.disk,
        defaults={"least": min(least, settings.WARM_MOST), "most": settings.WARM_MOST},
    )
    if made:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into provisioning_convergence (kind, subject, generation, epoch, next_at, attempts, worker)"
                " values (%s, %s, 1, 0, now(), 0, '')",
                [WorkKind.POOL, pool.id],
            )
    return pool.id


def wake_pool(cursor: CursorWrapper, pool: UUID, seconds: float = 0.0) -> None:
    """Have a pool looked at after so many seconds, also by whoever looks at it now; in the caller's transaction."""
    cursor.execute(
        "update provisioning_convergence set generation = generation + 1, attempts = 0,"
        " next_at = least(next_at, now() + make_interval(secs => %s)) where subject = %s",
        [seconds, pool],
    )
    cursor.execute("select pg_notify('souk_convergence', '')")
