"""What reads the catalogue. The public listing is one statement whose JSON PostgreSQL assembles itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from souk.catalog import errors
from souk.catalog.models import Offering, OfferingVersion, Plan, PriceBook
from souk.catalog.pricing import FrozenPrice
from souk.kernel.prepared import Prepared
from souk.kernel.scope import Scope, acting

_LISTING = Prepared("""
select coalesce(json_agg(card order by position), '[]')::text, max(position)
from (select card -> %(language)s as card, position from catalog_publishedoffering
      where marketplace_slug = %(marketplace)s and position > %(after)s
        and (%(category)s = '' or category = %(category)s)
        and (%(words)s = '' or search @@
             (nullif(plainto_tsquery('simple', unaccent(%(words)s))::text, '') || ':*')::tsquery)
      order by position limit %(limit)s) page
""")

_FOR_ORDER = """
select m.id, p.listing_id, p.version_id, v.blueprint, v.parameters::text, v.texts -> 'fr' ->> 'name', l.id, l.key,
       l.vcpus, l.memory, l.disk, l.members, b.name, b.currency, r.per_hour, r.per_month, r.minimum_hours,
       r.tiers::text,
       (select string_agg(key, ', ' order by position) from catalog_plan where version_id = p.version_id)
from catalog_publishedoffering p
join catalog_marketplace m on m.slug = p.marketplace_slug
join catalog_offeringversion v on v.id = p.version_id
left join catalog_plan l on l.version_id = p.version_id and l.key = %(plan)s
left join lateral (
    select price.*, book.id as book from catalog_price price join catalog_pricebook book on book.id = price.book_id
    where book.marketplace_id = m.id and price.plan_id = l.id and book.segment in ('', %(segment)s)
      and price.valid_from <= %(now)s and (price.valid_to is null or price.valid_to > %(now)s)
    order by (book.segment = '') limit 1) r on true
left join catalog_pricebook b on b.id = r.book
where p.marketplace_slug = %(marketplace)s and p.slug = %(offering)s
"""


@dataclass(frozen=True)
class Sellable:
    """Everything an order needs to know of what it orders, with the price that holds for the buyer now."""

    marketplace_id: UUID
    listing_id: UUID
    version_id: UUID
    blueprint: str
    parameters: dict[str, Any]
    offering_name: str
    plan_id: UUID
    plan_key: str
    vcpus: int
    memory: int
    disk: int
    members: int
    price: FrozenPrice


@dataclass(frozen=True)
class PublishedRow:
    """A published offering in a market place, with its page as `published_offering` tells it, of which `version`."""

    listing: UUID
    version: UUID
    slug: str
    blueprint: str
    page: dict[str, Any]


@dataclass(frozen=True)
class VersionRow:
    """An offering version as the operator's catalogue shows it."""

    id: UUID
    slug: str
    number: int
    state: str
    blueprint: str
    name: str
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True)
class PlanPriceRow:
    """A plan in a price book; memory and disk in bytes, the price in major units, None where there is none."""

    plan: UUID
    key: str
    vcpus: int
    memory: int
    disk: int
    members: int
    book: UUID
    marketplace: str
    book_name: str
    segment: str
    currency: str
    per_hour: Decimal | None
    per_month: Decimal | None
    minimum_hours: int | None
    valid_from: datetime | None
    tiers: dict[str, list[dict[str, Any]]]


def published(
    marketplace: str, language: str, *, after: int = 0, limit: int = 20, category: str = "", words: str = ""
) -> tuple[bytes, int | None]:
    """A page of the published catalogue: a JSON array, and the position to go on after (None for an empty page).

    All of `words` must occur; the last of them may be half typed.
    """
    text, last = _LISTING.row(
        {
            "language": language,
            "marketplace": marketplace,
            "after": after,
            "category": category,
            "words": words,
            "limit": limit,
        }
    )
    return text.encode(), last


def categories(marketplace: str) -> list[str]:
    """The categories that the published catalogue has offerings in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct category from catalog_publishedoffering where marketplace_slug = %s order by category",
            [marketplace],
        )
        return [row[0] for row in cursor.fetchall()]


def published_offering(marketplace: str, slug: str, language: str) -> dict[str, Any]:
    """One published offering with its plans, prices and parameters.

    Raises:
        OfferingMissing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select (page -> %s)::text from catalog_publishedoffering where marketplace_slug = %s and slug = %s",
            [language, marketplace, slug],
        )
        row = cursor.fetchone()
    if row is None:
        raise errors.OfferingMissing(slug=slug)
    return msgspec.json.decode(row[0], type=dict[str, Any])


def published_version(marketplace: str, slug: str) -> UUID:
    """The version of an offering that is published.

    Raises:
        OfferingMissing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select version_id from catalog_publishedoffering where marketplace_slug = %s and slug = %s",
            [marketplace, slug],
        )
        row = cursor.fetchone()
    if row is None:
        raise errors.OfferingMissing(slug=slug)
    return UUID(str(row[0]))


def published_pages(marketplace: str, language: str, listing: UUID | None = None) -> list[PublishedRow]:
    """The published offerings of a market place with their pages, or only one of them; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.listing_id, p.version_id, p.slug, v.blueprint, (p.page -> %(language)s)::text"
            " from catalog_publishedoffering p"
            " join catalog_offeringversion v on v.id = p.version_id where p.marketplace_slug = %(marketplace)s"
            " and (%(listing)s::uuid is null or p.listing_id = %(listing)s) order by p.position",
            {"language": language, "marketplace": marketplace, "listing": listing},
        )
        return [
            PublishedRow(listing, version, slug, blueprint, msgspec.json.decode(page, type=dict[str, Any]))
            for listing, version, slug, blueprint, page in cursor.fetchall()
        ]


def sellable(marketplace: str, offering: str, plan: str, segment: str, now: datetime) -> Sellable:
    """What is sold under these names to a buyer of `segment`, and at what price; one statement.

    The book of the buyer's segment wins over the one for everybody.

    Raises:
        OfferingMissing, UnknownPlan, NotForSale.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _FOR_ORDER,
            {"marketplace": marketplace, "offering": offering, "plan": plan, "segment": segment, "now": now},
        )
        row = cursor.fetchone()
    if row is None:
        raise errors.OfferingMissing(slug=offering)
    if row[6] is None:
        raise errors.UnknownPlan(offering=row[5], plan=plan, plans=row[18])
    if row[14] is None:
        raise errors.NotForSale(offering=row[5])
    price = FrozenPrice.from_json(
        {
            "book": row[12],
            "currency": row[13],
            "per_hour": row[14],
            "per_month": row[15],
            "minimum_hours": row[16],
            "tiers": msgspec.json.decode(row[17]),
        }
    )
    return Sellable(*(*row[:4], msgspec.json.decode(row[4]), *row[5:12], price))


def listed(listing: UUID) -> tuple[str, str]:
    """Under which names a listing is published: its market place's and its offering's.

    Raises:
        OfferingMissing: it is no longer for sale.
    """
    with connection.cursor() as cursor:
        cursor.execute("select marketplace_slug, slug from catalog_publishedoffering where listing_id = %s", [listing])
        row = cursor.fetchone()
    if row is None:
        raise errors.OfferingMissing(slug="")
    return row[0], row[1]


def versions(scope: Scope) -> list[VersionRow]:
    """Every offering version, newest first, for the operator."""
    with acting(scope):
        rows = OfferingVersion.objects.select_related("offering").order_by("offering__slug", "-number")
        return [
            VersionRow(
                row.id,
                row.offering.slug,
                row.number,
                row.state,
                row.blueprint,
                row.texts["fr"]["name"],
                row.created_at,
                row.published_at,
            )
            for row in rows
        ]


def prices(scope: Scope, version: UUID, now: datetime) -> list[PlanPriceRow]:
    """The plans of a version, each with the prices that hold in every price book of every market place."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            "select l.id, l.key, l.vcpus, l.memory, l.disk, l.members, b.id, m.name, b.name, b.segment, b.currency,"
            " p.per_hour, p.per_month, p.minimum_hours, p.valid_from, coalesce(p.tiers, '{}')::text"
            " from catalog_plan l cross join catalog_pricebook b join catalog_marketplace m on m.id = b.marketplace_id"
            " left join catalog_price p on p.plan_id = l.id and p.book_id = b.id"
            "  and p.valid_from <= %(now)s and (p.valid_to is null or p.valid_to > %(now)s)"
            " where l.version_id = %(version)s order by m.name, b.segment, l.position",
            {"version": version, "now": now},
        )
        return [PlanPriceRow(*(*row[:-1], msgspec.json.decode(row[-1]))) for row in cursor.fetchall()]


def plan_ids(scope: Scope, version: UUID) -> dict[str, UUID]:
    """The plans of a version by their keys."""
    with acting(scope):
        return dict(Plan.objects.filter(version_id=version).values_list("key", "id"))


def vendor_of(scope: Scope, slug: str) -> UUID | None:
    """Whose an offering of that name is, if there is one."""
    with acting(scope):
        return Offering.objects.filter(slug=slug).values_list("vendor_id", flat=True).first()


def price_book(scope: Scope, marketplace: str) -> tuple[UUID, UUID, str] | None:
    """A market place's id, its price book for everybody and that one's currency, if there is such a market place."""
    with acting(scope):
        books = PriceBook.objects.filter(marketplace__slug=marketplace, segment="")
        return books.values_list("marketplace_id", "id", "currency").first()


def offering_id(scope: Scope, version: UUID) -> UUID:
    """The offering of a version."""
    with acting(scope):
        return OfferingVersion.objects.values_list("offering_id", flat=True).get(id=version)


def version_names(scope: Scope, versions: Collection[UUID], language: str) -> dict[UUID, str]:
    """What offering versions are called in a language, or in French where they have no name in it."""
    with acting(scope):
        rows = OfferingVersion.objects.filter(id__in=versions).values_list("id", "texts")
        return {version: (texts.get(language) or texts["fr"])["name"] for version, texts in rows}


def version_states(scope: Scope, versions: Collection[UUID]) -> dict[UUID, str]:
    """How far offering versions are."""
    with acting(scope):
        return dict(OfferingVersion.objects.filter(id__in=versions).values_list("id", "state"))
