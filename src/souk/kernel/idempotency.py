"""Two requests with one key are one request: the second gets what the first one made."""

from __future__ import annotations

import hashlib
from uuid import UUID

import msgspec
from django.db import connection

from souk.kernel import clock
from souk.kernel.errors import Problem
from souk.kernel.scope import actor, current


class IdempotencyKeyReused(Problem):
    """This idempotency key was used for a different request. Send this one with a new key."""

    status = 422
    field = "Idempotency-Key"


def claim(key: str | None, request: object, resource: UUID, *, principal: str = "") -> UUID:
    """Claim `key` for making `resource`; return `resource`, or the id of what an earlier identical request made.

    Runs in the command's transaction, so a command that fails gives the key back. `request` is what must be identical.
    `principal` is whose keys these are: whoever acts, unless said otherwise.

    Raises:
        IdempotencyKeyReused: the key belongs to a different request.
    """
    if key is None:
        return resource
    digest = hashlib.sha256(msgspec.json.encode(request, order="deterministic")).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_idempotencykey (principal, key, digest, resource_id, created_at)"
            " values (%s, %s, %s, %s, %s) on conflict (principal, key) do nothing returning resource_id",
            [principal := principal or actor(current()), key, digest, resource, clock.now()],
        )
        if cursor.fetchone() is not None:
            return resource
        cursor.execute(
            "select digest, resource_id from kernel_idempotencykey where principal = %s and key = %s",
            [principal, key],
        )
        known_digest, known = cursor.fetchone()
    if bytes(known_digest) != digest:
        raise IdempotencyKeyReused
    return UUID(str(known))
