"""What a service shows the world."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance


class Publication(Row):
    """What a service's machine told `at` last of its releases, the newest first, and since when there is a staging
    copy. `releases` is a list of {number, made_at, source, by, note, live}.
    """

    organization_id = models.UUIDField()
    instance = models.OneToOneField(ServiceInstance, on_delete=models.CASCADE, related_name="publication")
    at = models.DateTimeField()
    releases = models.JSONField(default=list)
    staged_at = models.DateTimeField(null=True)
