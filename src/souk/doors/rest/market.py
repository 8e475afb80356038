"""What is for sale: market places' offerings, and regions. Open to everybody; the listing is one SQL statement."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Router, Schema

from souk.catalog import queries
from souk.doors.rest.pages import MOST, Limit
from souk.sites.queries import RegionRow, regions

router = Router(tags=["Market"], auth=None)
_PLAIN = re.compile(r"(?:&?(?:limit=(?P<limit>[0-9]{1,3})|after=(?P<after>[0-9]{1,18})))*")


class Card(Schema):
    """An offering in a list; prices are decimal strings in major units without tax."""

    slug: str
    category: str
    name: str
    summary: str
    from_per_month: str | None
    from_per_hour: str | None
    currency: str


class Cards(Schema):
    """A part of the listing; `next` is the `after` of the part that follows."""

    items: list[Card]
    next: int | None


class PlanOut(Schema):
    """A size; memory and disk in bytes, prices as decimal strings."""

    key: str
    vcpus: int
    memory: int
    disk: int
    per_hour: str
    per_month: str
    minimum_hours: int
    tiers: dict[str, list[dict[str, Any]]]


class OfferingOut(Card):
    """An offering with its plans and the JSON Schema of its parameters."""

    description: str
    version: int
    plans: list[PlanOut]
    parameters: dict[str, Any]


def language() -> str:
    """The reader's language, as the catalogue knows it."""
    return (get_language() or "fr")[:2]


@router.get("/regions", response=list[RegionRow], operation_id="listRegions")
def list_regions(request: HttpRequest) -> list[RegionRow]:
    """Where services can run."""
    del request
    return regions()


@router.get("/marketplaces/{marketplace}/offerings", response=Cards, operation_id="listOfferings")
def offerings(
    request: HttpRequest,
    marketplace: str,
    after: int = 0,
    limit: Limit = 20,
    category: str = "",
    q: str = "",
) -> HttpResponse:
    """The published offerings of a market place."""
    del request
    return _listing(marketplace, after=after, limit=limit, category=category, words=q)


def _listing(marketplace: str, *, after: int = 0, limit: int = 20, category: str = "", words: str = "") -> HttpResponse:
    items, last = queries.published(marketplace, language(), after=after, limit=limit, category=category, words=words)
    following = b"null" if last is None else str(last).encode()
    body = b'{"items":' + items + b',"next":' + following + b"}"
    return HttpResponse(body, content_type="application/json")


def plain_offerings(request: HttpRequest, marketplace: str) -> HttpResponse | None:
    """The listing for a query of `after` and `limit` alone; None for any other, which validation must read.

    Validation costs more than the answer does, and this is what everybody asks.
    """
    asked = _PLAIN.fullmatch(request.META.get("QUERY_STRING", ""))
    if asked is None or not 1 <= (limit := int(asked["limit"] or 20)) <= MOST:
        return None
    return _listing(marketplace, after=int(asked["after"] or 0), limit=limit)


@router.get("/marketplaces/{marketplace}/offerings/{slug}", response=OfferingOut, operation_id="getOffering")
def offering(request: HttpRequest, marketplace: str, slug: str) -> dict[str, Any]:
    """One offering with plans, prices and parameters."""
    del request
    return queries.published_offering(marketplace, slug, language())
