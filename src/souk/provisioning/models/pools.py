"""Machines that wait ready for an order."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.contract import Size
from souk.provisioning.models.machines import Machine


class WarmPool(Row):
    """How many machines of a blueprint and a size wait ready on a site: as many as were ordered in the last hour, but
    at least `least` and at most `most`. Its work item keeps it so.
    """

    site_id = models.UUIDField()
    blueprint = models.CharField(max_length=60)
    vcpus = models.PositiveSmallIntegerField()
    memory = models.BigIntegerField()
    disk = models.BigIntegerField()
    least = models.PositiveSmallIntegerField(default=0)
    most = models.PositiveSmallIntegerField()
    trouble = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "blueprint", "vcpus", "memory", "disk"], name="warm_pool_once"),
            models.CheckConstraint(condition=models.Q(least__lte=models.F("most")), name="warm_pool_least_below_most"),
        ]

    @property
    def size(self) -> Size:
        """What each of its machines has."""
        return Size(self.vcpus, self.memory, self.disk)


class WarmMachine(Row):
    """A machine that waits ready for an order, or did.

    `made_from` tells the image and all that it was given; `sealed_password` makes it a customer's, once, and is gone
    when it was `taken_at` by one, or given up.
    """

    pool = models.ForeignKey(WarmPool, on_delete=models.CASCADE, related_name="machines")
    machine = models.OneToOneField(Machine, on_delete=models.CASCADE, related_name="warmth")
    made_from = models.CharField(max_length=200)
    sealed_password = models.BinaryField()
    certificate = models.TextField()
    certificate_expires_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["pool", "ready_at"],
                condition=models.Q(ready_at__isnull=False, taken_at__isnull=True),
                name="warm_machine_waits",
            )
        ]
