"""Cursors and pages of lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from ninja import Schema
from pydantic import Field

Row = TypeVar("Row")
MOST = 200

#: How many rows of a list are asked for.
Limit = Annotated[int, Field(ge=1, le=MOST)]


class Page(Schema, Generic[Row]):
    """A part of a list; `next` is the `after` of the part that follows, null at the end."""

    items: list[Row]
    next: UUID | None


def page(rows: Sequence[Any], limit: int) -> dict[str, Any]:
    """A page of rows that were asked for with `limit + 1`."""
    more = len(rows) > limit
    items = list(rows[:limit])
    return {"items": items, "next": items[-1].id if more else None}
