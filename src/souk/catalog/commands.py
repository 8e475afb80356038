"""What changes the catalogue: versions through their states, prices, listings, and the published projection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from souk.catalog import errors
from souk.catalog.models import (
    Listing,
    Marketplace,
    Offering,
    OfferingVersion,
    Plan,
    Price,
    PriceBook,
    VersionState,
)
from souk.catalog.pricing import Tier, check
from souk.catalog.projection import publish_listings
from souk.kernel import clock, events
from souk.kernel.scope import Scope, acting, actor
from souk.ui.status import describe

_MOVES: Mapping[str, tuple[frozenset[str], str]] = {
    "submitted": (frozenset({VersionState.DRAFT}), VersionState.IN_REVIEW),
    "approved": (frozenset({VersionState.IN_REVIEW}), VersionState.APPROVED),
    "sent_back": (frozenset({VersionState.IN_REVIEW}), VersionState.DRAFT),
    "published": (frozenset({VersionState.APPROVED, VersionState.SUSPENDED}), VersionState.PUBLISHED),
    "suspended": (frozenset({VersionState.PUBLISHED}), VersionState.SUSPENDED),
    "retired": (
        frozenset({VersionState.PUBLISHED, VersionState.SUSPENDED, VersionState.APPROVED}),
        VersionState.RETIRED,
    ),
}


@dataclass(frozen=True)
class PlanDetails:
    """A size of an offering; memory and disk in bytes, for each of its members. `features` say what it gives beside."""

    key: str
    vcpus: int
    memory: int
    disk: int
    members: int = 1
    features: Sequence[str] = ()


@dataclass(frozen=True)
class PriceDetails:
    """A plan's price in a book; major units without tax."""

    per_hour: Decimal
    per_month: Decimal
    minimum_hours: int = 1
    tiers: Mapping[str, Sequence[Tier]] = field(default_factory=dict)


def create_marketplace(scope: Scope, slug: str, name: str, kind: str, owner: UUID | None = None) -> UUID:
    """Open a market place with a price book for everybody."""
    with acting(scope):
        marketplace = Marketplace.objects.create(slug=slug, name=name, kind=kind, owner_id=owner)
        PriceBook.objects.create(marketplace=marketplace, name="Standard", currency=marketplace.currency)
        events.record("marketplace.opened", ("marketplace", marketplace.id), data={"slug": slug})
        return marketplace.id


def draft_version(
    scope: Scope,
    slug: str,
    vendor: UUID,
    category: str,
    blueprint: str,
    texts: Mapping[str, Mapping[str, str]],
    parameters: Mapping[str, Any],
    plans: Sequence[PlanDetails],
) -> UUID:
    """Write the next version of an offering, making the offering if it is new; returns the version."""
    with acting(scope):
        offering, _ = Offering.objects.get_or_create(slug=slug, defaults={"vendor_id": vendor, "category": category})
        offering = Offering.objects.select_for_update().get(id=offering.id)
        last = offering.versions.order_by("-number").values_list("number", flat=True).first() or 0
        version = OfferingVersion.objects.create(
            offering=offering,
            number=last + 1,
            texts=texts,
            blueprint=blueprint,
            parameters=parameters,
            author=actor(scope),
            created_at=clock.now(),
        )
        Plan.objects.bulk_create(
            Plan(
                version=version,
                key=plan.key,
                position=position,
                vcpus=plan.vcpus,
                memory=plan.memory,
                disk=plan.disk,
                members=plan.members,
                features=list(plan.features),
            )
            for position, plan in enumerate(plans)
        )
        events.record(
            "offering_version.drafted",
            ("offering_version", version.id),
            organization=offering.vendor_id,
            data={"slug": slug},
        )
        return version.id


def move_version(scope: Scope, version: UUID, verb: str, note: str = "") -> None:
    """Take a version to its next state. `verb` is submitted, approved, sent_back, published, suspended or retired.

    Publishing retires the version that was published before.

    Raises:
        WrongState: not from where it is. ReviewsItself: the author approves or sends back its own version.
    """
    sources, target = _MOVES[verb]
    with acting(scope):
        row = OfferingVersion.objects.select_for_update(of=("self",)).select_related("offering").get(id=version)
        if row.state not in sources:
            raise errors.WrongState(state=describe(row.state, "offering").label)
        if verb in {"approved", "sent_back"}:
            if actor(scope) == row.author:
                raise errors.ReviewsItself
            row.reviewer, row.review_note = actor(scope), note
        if target == VersionState.PUBLISHED:
            OfferingVersion.objects.filter(offering_id=row.offering_id, state=VersionState.PUBLISHED).update(
                state=VersionState.RETIRED
            )
            row.published_at = clock.now()
        row.state = target
        row.save()
        publish_listings(row.offering_id)
        events.record(
            f"offering_version.{verb}",
            ("offering_version", version),
            organization=row.offering.vendor_id,
            data={"note": note},
        )


def moves_from(state: str) -> list[str]:
    """The verbs that `move_version` takes for a version in `state`."""
    return [verb for verb, (sources, _) in _MOVES.items() if state in sources]


def list_offering(scope: Scope, marketplace: UUID, offering: UUID) -> UUID:
    """Put an offering into a market place."""
    with acting(scope):
        listing, made = Listing.objects.get_or_create(
            marketplace_id=marketplace, offering_id=offering, defaults={"created_at": clock.now()}
        )
        publish_listings(offering)
        if made:
            events.record("listing.added", ("listing", listing.id), organization=listing.offering.vendor_id)
        return listing.id


def stop_selling(scope: Scope, plan: UUID) -> None:
    """Have a plan cost nothing any more, because it is not sold any more; who has it keeps it, at its frozen price."""
    with acting(scope):
        row = Plan.objects.select_related("version__offering").get(id=plan)
        ended = Price.objects.filter(plan=row, valid_to__isnull=True).update(valid_to=clock.now())
        publish_listings(row.version.offering_id)
        if ended:
            events.record(
                "plan.withdrawn",
                ("plan", plan),
                organization=row.version.offering.vendor_id,
                data={"plan": row.key},
            )


def set_price(scope: Scope, book: UUID, plan: UUID, price: PriceDetails, valid_from: datetime) -> UUID:
    """Price a plan from an instant on; the price that held before ends there.

    Raises:
        PriceNotPositive, MonthBelowHours, TiersWithGap, PriceOverlap.
    """
    check(price.per_hour, price.per_month, price.tiers)
    with acting(scope):
        Price.objects.filter(book_id=book, plan_id=plan, valid_from__lt=valid_from, valid_to__isnull=True).update(
            valid_to=valid_from
        )
        tiers = {
            meter: [
                {"up_to": None if tier.up_to is None else str(tier.up_to), "rate": str(tier.rate)} for tier in steps
            ]
            for meter, steps in price.tiers.items()
        }
        try:
            with transaction.atomic():
                row = Price.objects.create(
                    book_id=book,
                    plan_id=plan,
                    per_hour=price.per_hour,
                    per_month=price.per_month,
                    minimum_hours=price.minimum_hours,
                    tiers=tiers,
                    valid_from=valid_from,
                )
        except IntegrityError as error:
            raise errors.PriceOverlap from error
        publish_listings(row.plan.version.offering_id)
        events.record(
            "price.set",
            ("price", row.id),
            organization=row.plan.version.offering.vendor_id,
            data={"plan": str(plan), "per_month": str(price.per_month)},
        )
        return row.id
