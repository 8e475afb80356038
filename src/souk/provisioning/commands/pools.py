"""How many machines wait ready for orders."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from souk.kernel import events
from souk.kernel.errors import NotFound
from souk.kernel.scope import Operator, acting
from souk.provisioning import errors
from souk.provisioning.models import WarmPool
from souk.provisioning.pools import wake_pool

MOST = 50


def change_pool(scope: Operator, pool: UUID, least: int, most: int) -> None:
    """Have at least and at most so many machines wait in a pool; 0 and 0: none.

    Raises:
        NotFound, InvalidPool.
    """
    if not 0 <= least <= most <= MOST:
        raise errors.InvalidPool(most=MOST)
    with acting(scope):
        row = WarmPool.objects.select_for_update().filter(id=pool).first()
        if row is None:
            raise NotFound
        events.record(
            "pool.changed",
            ("pool", row.id),
            data={"from": {"least": row.least, "most": row.most}, "to": {"least": least, "most": most}},
        )
        row.least, row.most = least, most
        row.save(update_fields=["least", "most"])
        with connection.cursor() as cursor:
            wake_pool(cursor, row.id)
