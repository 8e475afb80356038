"""Which of our service instances a platform means by an id of its own."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row


class BrokeredInstance(Row):
    """A service instance that a platform ordered for a project under its own id, its `key`.

    `digest` is of what was ordered, `changed` of the last change that was asked for, `asked` the operations of the last
    request, which the platform polls as one. A row is `retired_at` once the key stands for a newer instance.
    """

    organization_id = models.UUIDField()
    project_id = models.UUIDField()
    key = models.CharField(max_length=255)
    service_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    changed = models.CharField(max_length=64, blank=True)
    order_id = models.UUIDField()
    instance_id = models.UUIDField(unique=True)
    asked = models.JSONField(default=list)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "key"],
                condition=models.Q(retired_at__isnull=True),
                name="brokered_key_once",
            )
        ]
