"""What is for sale: market places' offerings, and regions. Open to everybody; the listing is one SQL statement."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from souk.catalog import queries
from souk.doors.rest.pages import Limit
from souk.provisioning import registry
from souk.provisioning.contract import KEPT
from souk.sites.queries import RegionRow, regions
from souk.ui.format import language
from souk.ui.schema_words import translated

router = Router(tags=["Market"], auth=None)


class Card(Schema):
    """An offering in a list, and which blueprint makes its services; prices are decimal strings in major units without
    tax.
    """

    slug: str
    category: str
    blueprint: str = ""
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
    """A size; memory and disk in bytes for each of its members (machines), prices as decimal strings."""

    key: str
    vcpus: int
    memory: int
    disk: int
    members: int = 1
    per_hour: str
    per_month: str
    minimum_hours: int
    tiers: dict[str, list[dict[str, Any]]]


class OfferingOut(Card):
    """An offering with its plans and the JSON Schema of its parameters. Those marked with `x-changeable` can be changed
    while the service runs; what one marked with `x-kept` lists is made and deleted one by one, as databases are.
    """

    description: str
    version: int
    plans: list[PlanOut]
    parameters: dict[str, Any]


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
    body = listing(marketplace, language(), after=after, limit=limit, category=category, words=q)
    return HttpResponse(body, content_type="application/json")


def listing(
    marketplace: str, language: str, *, after: int = 0, limit: int = 20, category: str = "", words: str = ""
) -> bytes:
    """The body of the listing, as `Cards`."""
    items, last = queries.published(marketplace, language, after=after, limit=limit, category=category, words=words)
    return b'{"items":' + items + b',"next":' + (b"null" if last is None else str(last).encode()) + b"}"


@router.get("/marketplaces/{marketplace}/offerings/{slug}", response=OfferingOut, operation_id="getOffering")
def offering(request: HttpRequest, marketplace: str, slug: str) -> dict[str, Any]:
    """One offering with plans, prices and parameters."""
    del request
    found = queries.published_offering(marketplace, slug, language())
    return {
        **found,
        "parameters": _kept(found["blueprint"], translated(registry.arranged(found["blueprint"], found["parameters"]))),
    }


def _kept(key: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, with a mark at the parameter that the services' keeper keeps."""
    produced = registry.blueprints().get(key)
    if produced is None or produced.keeper is None:
        return schema
    rules, mark = schema.get("properties", {}), {KEPT: produced.keeper.keeps}
    named = {name: {**rules[name], **mark} for name in produced.keeper.naming({}, []) if name in rules}
    return {**schema, "properties": {**rules, **named}}
