"""How load balancers see those that they lead to."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance


class Balance(Row):
    """What a load balancer told `at` last of its members: a list of {pool, name, standing, since, result, status,
    requests, failed, under_way}, as `contract.MemberSeen` says.
    """

    organization_id = models.UUIDField()
    instance = models.OneToOneField(ServiceInstance, on_delete=models.CASCADE, related_name="balance")
    at = models.DateTimeField()
    members = models.JSONField(default=list)
