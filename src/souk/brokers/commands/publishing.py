"""From a broker's catalog to offerings: what the vendor publishes is written as versions, priced, and submitted; the
operator's review has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from souk.brokers import errors
from souk.brokers.catalogs import schemas
from souk.brokers.commands.registering import own
from souk.brokers.models import Broker, BrokerCatalog, CatalogState, SoldPlan
from souk.brokers.producer import KEY
from souk.catalog import commands as catalog
from souk.catalog import queries
from souk.catalog.commands import PlanDetails, PriceDetails
from souk.catalog.pricing import EXTRA_DISK, PUBLIC_ADDRESS, SHORTEST_MONTH_HOURS, Tier
from souk.kernel import clock, events
from souk.kernel.ids import short
from souk.kernel.scope import Scope, System, acting

_CATEGORY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_METER = re.compile(r"[a-z][a-z0-9_]{1,11}")
_OWN_METERS = frozenset({"running", "stopped", "egress", "stopped_disk", EXTRA_DISK, PUBLIC_ADDRESS})
_PLANS_NAME = 30


@dataclass(frozen=True)
class Offer:
    """How a service of the catalog is sold, by its id there: each plan's price for a full month, before tax, by the
    plan's id; and what its vendor meters, at so much a unit.
    """

    service: str
    per_month: Mapping[str, Decimal]
    meters: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Publication:
    """What is published of which number of a broker's catalog, in which market place and category."""

    number: int
    offers: Sequence[Offer]
    marketplace: str = "public"
    category: str = "partners"


def publish(scope: Scope, broker: UUID, publication: Publication) -> list[UUID]:
    """Accept a broker's proposed catalog: each service becomes the next version of an offering, and is submitted for
    the operator's review; what was sold before is sold until then. Returns the versions.

    Raises:
        NotFound, RoleTooLow, NothingToPublish, CatalogMovedOn, UnknownMarketplace, InvalidCategory, PriceMissing,
        InvalidMeter, MonthBelowHours.
    """
    with acting(scope):
        row = own(scope, broker)
        proposed = row.catalogs.filter(state=CatalogState.PROPOSED).first()
        if proposed is None:
            raise errors.NothingToPublish
        if proposed.number != publication.number:
            raise errors.CatalogMovedOn
        book = queries.price_book(scope, publication.marketplace)
        if book is None:
            raise errors.UnknownMarketplace(slug=publication.marketplace)
        if not _CATEGORY.fullmatch(publication.category):
            raise errors.InvalidCategory
        offers = {each.service: each for each in publication.offers}
        versions = [
            _service(scope, row, service, offers.get(service["id"]), publication.category, book)
            for service in proposed.body["services"]
        ]
        _accepted(row, proposed)
    return versions


def _accepted(row: Broker, proposed: BrokerCatalog) -> None:
    row.catalogs.filter(state=CatalogState.PUBLISHED).update(state=CatalogState.SUPERSEDED)
    proposed.state, proposed.published_at = CatalogState.PUBLISHED, clock.now()
    proposed.save(update_fields=["state", "published_at"])
    events.record(
        "broker.catalog_published",
        ("broker", row.id),
        organization=row.organization_id,
        data={"number": proposed.number},
    )


def _service(
    scope: Scope,
    row: Broker,
    service: Mapping[str, Any],
    offer: Offer | None,
    category: str,
    book: tuple[UUID, UUID, str],
) -> UUID:
    tiers = {meter: [Tier(None, _rate(meter, rate))] for meter, rate in (offer.meters if offer else {}).items()}
    names = _keys(service["plans"])
    priced = {plan["id"]: _price(offer, service, plan) for plan in service["plans"]}
    slug = _slug(row, service)
    version = catalog.draft_version(
        scope,
        slug,
        row.organization_id,
        category,
        KEY,
        {language: _texts(service) for language in ("fr", "ar", "en")},
        schemas.together(service["plans"]),
        [PlanDetails(names[plan["id"]], 0, 0, 0, features=_features(plan)) for plan in service["plans"]],
    )
    made = queries.plan_ids(scope, version)
    for plan in service["plans"]:
        identifier, month = made[names[plan["id"]]], priced[plan["id"]]
        hour = (month / SHORTEST_MONTH_HOURS).quantize(Decimal("0.000001"), ROUND_UP)
        catalog.set_price(scope, book[1], identifier, PriceDetails(hour, month, tiers=tiers), clock.now())
        SoldPlan.objects.create(
            plan_id=identifier,
            organization_id=row.organization_id,
            broker=row,
            offering_slug=slug,
            version_id=version,
            service_key=service["id"],
            plan_key=plan["id"],
            body={**plan, "bindings_retrievable": service["bindings_retrievable"]},
            schema=schemas.of_plan(plan),
        )
    catalog.move_version(scope, version, "submitted")
    catalog.list_offering(scope, book[0], queries.offering_id(scope, version))
    return version


def _slug(row: Broker, service: Mapping[str, Any]) -> str:
    """The offering's name in addresses: the same one from version to version, and nobody else's."""
    before = (
        SoldPlan.objects.filter(broker=row, service_key=service["id"]).values_list("offering_slug", flat=True).first()
    )
    if before is not None:
        return str(before)
    plain: str = slugify(service["name"])[:50].strip("-")
    if plain and queries.vendor_of(System("brokers"), plain) is None:
        return plain
    return f"{plain or 'service'}-{short(row.id)[:8]}"


def _keys(plans: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """A short name for each plan, by its id."""
    keys: dict[str, str] = {}
    for number, plan in enumerate(plans, 1):
        key = slugify(plan["name"])[:_PLANS_NAME].strip("-") or f"plan-{number}"
        if key in keys.values():
            key = f"{key[: _PLANS_NAME - 4]}-{number}"
        keys[plan["id"]] = key
    return keys


def _texts(service: Mapping[str, Any]) -> dict[str, str]:
    """A broker speaks one language: its own words stand for each of ours."""
    return {"name": service["title"], "summary": service["description"], "description": service["long"]}


def _features(plan: Mapping[str, Any]) -> list[str]:
    return [plan["description"][:200], *plan["bullets"]]


def _price(offer: Offer | None, service: Mapping[str, Any], plan: Mapping[str, Any]) -> Decimal:
    month = offer.per_month.get(plan["id"]) if offer else None
    if month is None or not 0 < month < 10_000_000:
        raise errors.PriceMissing(plan=plan["title"], service=service["title"])
    return month


def _rate(meter: str, rate: Decimal) -> Decimal:
    if not _METER.fullmatch(meter) or meter in _OWN_METERS or not 0 <= rate < 10_000_000:
        raise errors.InvalidMeter(meter=meter)
    return rate


def stop_all(scope: Scope, row: Broker) -> None:
    """Sell nothing of a broker's any more."""
    for sold in SoldPlan.objects.filter(broker=row, withdrawn_at__isnull=True):
        catalog.stop_selling(scope, sold.plan_id)
        sold.withdrawn_at = clock.now()
        sold.save(update_fields=["withdrawn_at"])
