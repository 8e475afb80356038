"""Private networks of customers' projects, and which service is in which."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance


class PrivateNetwork(Row):
    """A network of a project at a site, which nobody else reaches: written here with its name on the engine (`bridge`)
    and its subnet before it is made there. It is there as long as something is in it.

    Its customer is rid of it with `deletion_accepted_at`; its subnet is free again with `deleted_at`.
    """

    organization_id = models.UUIDField()
    project_id = models.UUIDField()
    site_id = models.UUIDField()
    region_code = models.SlugField(max_length=40)
    name = models.CharField(max_length=63)
    bridge = models.CharField(max_length=15, unique=True)
    subnet = models.GenericIPAddressField(protocol="IPv4")
    prefix_length = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    deletion_accepted_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "name"],
                condition=models.Q(deletion_accepted_at__isnull=True),
                name="private_network_name_once",
            ),
            models.UniqueConstraint(
                fields=["site_id", "subnet"],
                condition=models.Q(deleted_at__isnull=True),
                name="private_network_subnet_once",
            ),
        ]


class Attachment(Row):
    """A service in a private network, with a fixed address there.

    It should be there until `detached_at`; the address is another one's to have once its machine has given the card
    back (`released_at`).
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.CASCADE, related_name="attachments")
    network = models.ForeignKey(PrivateNetwork, on_delete=models.PROTECT, related_name="attachments")
    address = models.GenericIPAddressField(protocol="IPv4")
    created_at = models.DateTimeField()
    detached_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance"],
                condition=models.Q(detached_at__isnull=True),
                name="attachment_once_for_an_instance",
            ),
            models.UniqueConstraint(
                fields=["network", "address"],
                condition=models.Q(released_at__isnull=True),
                name="attachment_address_once",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=True) | models.Q(detached_at__isnull=False),
                name="attachment_released_after_detached",
            ),
        ]
