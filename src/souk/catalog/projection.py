"""The published catalogue, written when something is published so that reading it is one indexed statement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from souk.catalog.models import Listing, OfferingVersion, Price, PublishedOffering, VersionState
from souk.kernel import clock

LANGUAGES = ("fr", "ar", "en")

_UPSERT = """
insert into catalog_publishedoffering
    (marketplace_slug, slug, position, category, version_id, listing_id, card, page, search)
values (%(marketplace)s, %(slug)s,
    (select coalesce(max(position), 0) + 1 from catalog_publishedoffering where marketplace_slug = %(marketplace)s),
    %(category)s, %(version)s, %(listing)s, %(card)s, %(page)s,
    to_tsvector('simple', unaccent(%(words)s)))
on conflict (marketplace_slug, slug) do update set category = excluded.category, version_id = excluded.version_id,
    card = excluded.card, page = excluded.page, search = excluded.search
"""


def publish_listings(offering: UUID) -> None:
    """Bring the projection of an offering up to date in every market place that lists it."""
    version = (
        OfferingVersion.objects.filter(offering_id=offering, state=VersionState.PUBLISHED)
        .select_related("offering")
        .first()
    )
    for listing in Listing.objects.filter(offering_id=offering).select_related("marketplace", "offering"):
        if version is None:
            PublishedOffering.objects.filter(
                marketplace_slug=listing.marketplace.slug, slug=listing.offering.slug
            ).delete()
        else:
            _publish(listing, version)


def _publish(listing: Listing, version: OfferingVersion) -> None:
    plans = _plans(listing, version)
    slug = listing.offering.slug
    card = {
        language: {
            "slug": slug,
            "category": listing.offering.category,
            "blueprint": version.blueprint,
            "name": _text(version, language)["name"],
            "summary": _text(version, language)["summary"],
            "from_per_month": plans[0]["per_month"] if plans else None,
            "from_per_hour": plans[0]["per_hour"] if plans else None,
            "currency": listing.marketplace.currency,
        }
        for language in LANGUAGES
    }
    page = {
        language: {
            **card[language],
            "description": _text(version, language).get("description", ""),
            "version": version.number,
            "plans": plans,
            "parameters": version.parameters,
        }
        for language in LANGUAGES
    }
    words = " ".join(" ".join(_text(version, language).values()) for language in LANGUAGES)
    import msgspec

    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT,
            {
                "marketplace": listing.marketplace.slug,
                "slug": slug,
                "category": listing.offering.category,
                "version": version.id,
                "listing": listing.id,
                "card": msgspec.json.encode(card).decode(),
                "page": msgspec.json.encode(page).decode(),
                "words": f"{slug} {words}",
            },
        )


def _text(version: OfferingVersion, language: str) -> dict[str, str]:
    texts: dict[str, dict[str, str]] = version.texts
    return texts.get(language) or texts["fr"]


def _plans(listing: Listing, version: OfferingVersion) -> list[dict[str, Any]]:
    now = clock.now()
    prices = {
        price.plan_id: price
        for price in Price.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=now),
            book__marketplace_id=listing.marketplace_id,
            book__segment="",
            plan__version=version,
            valid_from__lte=now,
        )
    }
    return [
        {
            "key": plan.key,
            "vcpus": plan.vcpus,
            "memory": plan.memory,
            "disk": plan.disk,
            "members": plan.members,
            "features": plan.features,
            "per_hour": _plain(prices[plan.id].per_hour),
            "per_month": _plain(prices[plan.id].per_month),
            "minimum_hours": prices[plan.id].minimum_hours,
            "tiers": prices[plan.id].tiers,
        }
        for plan in version.plans.order_by("position")
        if plan.id in prices
    ]


def _plain(value: Any) -> str:
    return format(value.normalize(), "f")
