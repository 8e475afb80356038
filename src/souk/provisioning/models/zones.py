"""DNS zones that a service answers for, and what is in them."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance


class Delegation(models.TextChoices):
    """To whom a zone is delegated, as the platform's resolver has it: not looked at yet, to the service, to others, to
    nobody, or DNS gave no answer.
    """

    UNKNOWN = ""
    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"
    SILENT = "silent"


class Zone(Row):
    """A zone by its `name` as DNS has it, without a dot at the end. Whoever it is delegated to has it: then it is
    `proved_at`, and one service's at a time; one that is not yet keeps nobody from proving it.

    Each change of its records raises its `version`; what is served is the one of `served_version`, by a server known
    `served_as`, with this `serial` and, if it is `signed`, these `ds` records for the zone above. `restored` tells what
    it was restored from, if it was. Its delegation is looked at when `look_at` comes: to whom it `leads`, and the name
    servers `found` there.
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.CASCADE, related_name="zones")
    name = models.CharField(max_length=240)
    signed = models.BooleanField(default=True, db_default=True)
    version = models.BigIntegerField(default=1)
    served_version = models.BigIntegerField(default=0)
    served_as = models.CharField(max_length=253, blank=True, default="")
    serial = models.BigIntegerField(default=0)
    ds = models.JSONField(default=list)
    restored = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    look_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    leads = models.CharField(max_length=9, choices=Delegation.choices, blank=True, default="")
    found = models.JSONField(default=list)
    proved_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "name"],
                condition=models.Q(removed_at__isnull=True),
                name="zone_once_for_an_instance",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(removed_at__isnull=True, proved_at__isnull=False),
                name="zone_proved_once",
            ),
        ]


class RecordSet(Row):
    """All records of one `kind` at a `name` within a zone (`@` is the zone itself), with one `ttl` in seconds.

    `values` are as zone files have them, names in full. One that `follows` a service is written by the platform, and
    has its public address as long as it has one; what people write it never touches.
    """

    organization_id = models.UUIDField()
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="records")
    name = models.CharField(max_length=253)
    kind = models.CharField(max_length=10)
    ttl = models.PositiveIntegerField()
    values = models.JSONField()
    follows = models.ForeignKey(ServiceInstance, on_delete=models.CASCADE, null=True, related_name="followed_by")
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zone", "name", "kind"], name="record_set_once")]
