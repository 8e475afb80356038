"""What brokers offer, as it was fetched, and what of it is sold."""

from __future__ import annotations

from django.db import models

from souk.brokers.models.brokers import Broker
from souk.kernel.models import Row


class CatalogState(models.TextChoices):
    """proposed → published; a newer one supersedes either."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class BrokerCatalog(Row):
    """A broker's catalog as it was fetched and understood (`body`, of `catalogs.parsing`), number by number."""

    organization_id = models.UUIDField()
    broker = models.ForeignKey(Broker, on_delete=models.CASCADE, related_name="catalogs")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=CatalogState.choices, default=CatalogState.PROPOSED)
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    fetched_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broker", "number"], name="broker_catalog_number_once"),
            models.UniqueConstraint(
                fields=["broker"], condition=models.Q(state="proposed"), name="broker_catalog_one_proposed"
            ),
            models.UniqueConstraint(
                fields=["broker"], condition=models.Q(state="published"), name="broker_catalog_one_published"
            ),
        ]


class SoldPlan(models.Model):
    """What a plan of the catalogue is at its broker. Kept for good: who bought it has it. `body` is the broker's plan
    as it was published, `schema` what its services' parameters must be.
    """

    plan_id = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    broker = models.ForeignKey(Broker, on_delete=models.PROTECT, related_name="sold")
    offering_slug = models.SlugField(max_length=60)
    version_id = models.UUIDField()
    service_key = models.CharField(max_length=255)
    plan_key = models.CharField(max_length=255)
    body = models.JSONField()
    schema = models.JSONField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["offering_slug"], name="sold_plan_offering")]
