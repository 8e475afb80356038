"""Public addresses: the ranges that a site has of them, and which service has which."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance


class PublicRange(Row):
    """A network of public IPv4 addresses that is routed to a site, in CIDR notation. The database lets no two overlap
    that are not withdrawn.
    """

    site_id = models.UUIDField()
    network = models.CharField(max_length=18)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class PublicAddress(Row):
    """A public address that a project has, on the bill of `instance`: it leads there until `detached_at`. Once nothing
    leads there any more (`withdrawn_at`) it is kept for the project, and may be given to another service.

    Its customer is rid of it with `deletion_accepted_at`; it is another one's to have with `released_at`.
    """

    organization_id = models.UUIDField()
    project_id = models.UUIDField()
    site_id = models.UUIDField()
    region_code = models.SlugField(max_length=40)
    address = models.GenericIPAddressField(protocol="IPv4")
    instance = models.ForeignKey(ServiceInstance, on_delete=models.CASCADE, related_name="public_addresses")
    created_at = models.DateTimeField()
    detached_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    deletion_accepted_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address"],
                condition=models.Q(released_at__isnull=True),
                name="public_address_once",
            ),
            models.UniqueConstraint(
                fields=["instance"],
                condition=models.Q(detached_at__isnull=True),
                name="public_address_once_for_an_instance",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(detached_at__isnull=False),
                name="public_address_withdrawn_after_detached",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=True)
                | models.Q(withdrawn_at__isnull=False, deletion_accepted_at__isnull=False),
                name="public_address_released_last",
            ),
        ]
