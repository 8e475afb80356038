"""Rotating key-encryption keys: every sealed value is sealed anew under its ring's active key, while all goes on.

To rotate: put a fresh key first in the ring's file, restart the processes (the old key still opens), rotate, take the
old key out. With a key management service: rotate its key there, rotate here, raise its `min_decryption_version`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from souk.kernel import secrets
from souk.kernel.scope import System, acting


@dataclass(frozen=True)
class Sealed:
    """Where a room keeps sealed values: a model's field, its ring, and the context each row was sealed for."""

    ring: str
    model: type[Model]
    field: str
    context: Callable[[Any], str]


def rotate(places: list[Sealed]) -> int:
    """Seal what lies under an old key anew, row by row; safe to stop and repeat. Returns how many values were."""
    changed = 0
    for place in places:
        ring = secrets.ring(place.ring)
        active = ring.active
        with acting(System("rotation")):
            keys = list(place.model._default_manager.values_list("pk", flat=True))
        for key in keys:
            with acting(System("rotation")):
                row = place.model._default_manager.select_for_update().get(pk=key)
                value = bytes(getattr(row, place.field) or b"")
                if value and ring.key_id(value) != active:
                    setattr(row, place.field, ring.rewrap(value, place.context(row)))
                    row.save(update_fields=[place.field])
                    changed += 1
    return changed
