"""Orders and what they become: subscriptions with the price they were sold at."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row


class OrderState(models.TextChoices):
    """placed → provisioning → fulfilled; or cancelled before it was fulfilled, or failed."""

    PLACED = "placed"
    PROVISIONING = "provisioning"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Order(Row):
    """What an organization ordered: one plan of one offering version, in one region.

    `extra_disk` are the bytes of disk beyond the plan. An order for another plan of a service that
    runs `replaces` the subscription that pays for it.
    """

    number = models.BigIntegerField(unique=True)
    organization_id = models.UUIDField()
    project_id = models.UUIDField()
    person_id = models.UUIDField()
    marketplace_id = models.UUIDField()
    listing_id = models.UUIDField()
    version_id = models.UUIDField()
    plan_id = models.UUIDField()
    offering_name = models.CharField(max_length=200)
    plan_key = models.SlugField(max_length=30)
    extra_disk = models.BigIntegerField(default=0, db_default=0)
    region_code = models.SlugField(max_length=40)
    service_name = models.CharField(max_length=63)
    parameters = models.JSONField()
    state = models.CharField(max_length=12, choices=OrderState.choices, default=OrderState.PLACED)
    reason = models.CharField(max_length=300, blank=True)
    placed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    replaces = models.ForeignKey(
        "Subscription", on_delete=models.PROTECT, null=True, related_name="replaced_by", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["organization_id", "-id"], name="order_organization")]


class SubscriptionState(models.TextChoices):
    """pending until the service was first ready, then active until it ended."""

    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


class Subscription(Row):
    """What is paid for a service instance, at the price it was sold at.

    `price` is the frozen price: {book, per_hour, per_month, minimum_hours, currency, tiers}, decimals as strings.
    `disk` is the plan's, in bytes; unknown for those sold before plans could change: the instance's own. A change of
    plan ends one subscription and starts the next, so that each has one price.
    """

    organization_id = models.UUIDField()
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="subscription")
    instance_id = models.UUIDField(db_index=True)
    issuer_id = models.UUIDField()
    price = models.JSONField()
    disk = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=SubscriptionState.choices, default=SubscriptionState.PENDING)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organization_id", "-id"], name="subscription_organization")]
        constraints = [
            models.UniqueConstraint(
                fields=["instance_id", "state"],
                condition=~models.Q(state="ended"),
                name="subscription_one_of_each_state",
            )
        ]
