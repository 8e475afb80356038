"""A service's disk as it was."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance
from souk.provisioning.models.operations import Operation


class Snapshot(Row):
    """A machine's disk of `disk` bytes as it was at `taken_at`, which the engine keeps under `key`; `size` is how many
    bytes only the snapshot held when that was last looked at.
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.CASCADE, related_name="snapshots")
    operation = models.OneToOneField(Operation, on_delete=models.CASCADE, related_name="snapshot")
    name = models.CharField(max_length=63)
    key = models.CharField(max_length=60)
    disk = models.BigIntegerField()
    size = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["instance", "id"], condition=models.Q(deleted_at__isnull=True), name="snapshot_kept")
        ]
