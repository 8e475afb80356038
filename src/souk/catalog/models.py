"""What is sold: market places, offerings with immutable versions, plans, price books, listings."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from souk.kernel.models import Row


class Marketplace(Row):
    """A shop: public, of a sector, or private to an owner organization."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=[("public", "public"), ("sector", "sector"), ("private", "private")])
    owner_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3, default="MAD")


class Offering(Row):
    """Something a vendor sells; what exactly is said by its versions."""

    slug = models.SlugField(max_length=60, unique=True)
    vendor_id = models.UUIDField()
    category = models.SlugField(max_length=40)


class VersionState(models.TextChoices):
    """draft → in review → approved → published → suspended → retired."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    RETIRED = "retired"


class OfferingVersion(Row):
    """What an offering is, frozen once it is approved.

    `texts` maps a language to {name, summary, description}; `parameters` is a JSON Schema read by form, API and CLI.
    """

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=VersionState.choices, default=VersionState.DRAFT)
    texts = models.JSONField()
    blueprint = models.CharField(max_length=60)
    parameters = models.JSONField()
    author = models.CharField(max_length=80)
    reviewer = models.CharField(max_length=80, blank=True)
    review_note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offering", "number"], name="offering_version_number_once"),
            models.UniqueConstraint(
                fields=["offering"],
                condition=models.Q(state="published"),
                name="offering_one_published_version",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewer="") | ~models.Q(reviewer=models.F("author")),
                name="offering_version_reviewer_is_another",
            ),
        ]


class Plan(Row):
    """A size of an offering version: memory and disk in bytes, for each of its members (machines). One that somebody
    else produces has no size, and `features` instead: what it gives, in its vendor's words.
    """

    version = models.ForeignKey(OfferingVersion, on_delete=models.CASCADE, related_name="plans")
    key = models.SlugField(max_length=30)
    position = models.PositiveSmallIntegerField(default=0)
    vcpus = models.PositiveSmallIntegerField()
    memory = models.BigIntegerField()
    disk = models.BigIntegerField()
    members = models.PositiveSmallIntegerField(default=1, db_default=1)
    features = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="plan_once")]


class Listing(Row):
    """An offering in a market place."""

    marketplace = models.ForeignKey(Marketplace, on_delete=models.CASCADE, related_name="listings")
    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="listings")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["marketplace", "offering"], name="listing_once")]


class PriceBook(Row):
    """Prices of a market place for everybody or for one segment."""

    marketplace = models.ForeignKey(Marketplace, on_delete=models.CASCADE, related_name="price_books")
    name = models.CharField(max_length=80)
    segment = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["marketplace", "segment", "currency"], name="price_book_once")]


class Price(Row):
    """What a plan costs in a price book, for a time.

    `per_month` is the price of a full calendar month and the ceiling of the hourly charge within one; `per_hour` is
    charged below it, for `minimum_hours` at least. `tiers` prices consumption by meter, graduated: each tier
    {up_to, rate} prices the units below `up_to` (null: no end) that no tier before it priced.
    """

    book = models.ForeignKey(PriceBook, on_delete=models.CASCADE, related_name="prices")
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="prices")
    per_hour = models.DecimalField(max_digits=20, decimal_places=10)
    per_month = models.DecimalField(max_digits=20, decimal_places=10)
    minimum_hours = models.PositiveSmallIntegerField(default=1)
    tiers = models.JSONField(default=dict)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(per_hour__gt=0, per_month__gt=0), name="price_is_positive"),
            ExclusionConstraint(
                name="price_without_overlap",
                expressions=[
                    ("book", RangeOperators.EQUAL),
                    ("plan", RangeOperators.EQUAL),
                    (
                        models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            function="tstzrange",
                            output_field=models.TextField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]


class PublishedOffering(models.Model):
    """The published catalogue: a projection without walls, so that a visitor's page is one indexed statement.

    `card` and `page` are ready JSON by language; `search` is the same text for full-text search.
    """

    id = models.BigAutoField(primary_key=True)
    marketplace_slug = models.SlugField(max_length=60)
    slug = models.SlugField(max_length=60)
    position = models.BigIntegerField()
    category = models.SlugField(max_length=40)
    version_id = models.UUIDField()
    listing_id = models.UUIDField()
    card = models.JSONField()
    page = models.JSONField()
    search = SearchVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["marketplace_slug", "slug"], name="published_offering_once"),
            models.UniqueConstraint(fields=["marketplace_slug", "position"], name="published_offering_position"),
        ]
        indexes = [GinIndex(fields=["search"], name="published_offering_search")]
