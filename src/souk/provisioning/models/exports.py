"""A service's data as files to download."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance
from souk.provisioning.models.operations import Operation


class Export(Row):
    """One database in an open format, as it was at `created_at`: a file under a `key` of the service's repository,
    until it expires or is deleted. `size` (bytes) and `sha256` are of the file as it is downloaded.

    It lies there encrypted by a passphrase of its own, sealed under the worker's key and destroyed with the file.
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.PROTECT, related_name="exports")
    operation = models.OneToOneField(Operation, on_delete=models.PROTECT, related_name="export")
    database = models.CharField(max_length=63)
    key = models.CharField(max_length=200)
    suffix = models.CharField(max_length=20)
    sealed_passphrase = models.BinaryField()
    created_at = models.DateTimeField()
    available_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    size = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["instance", "expires_at"],
                condition=models.Q(deleted_at__isnull=True),
                name="export_kept",
            )
        ]


class Ticket(Row):
    """A request to download an export: the worker posts how into the asker's one-use box, and it is gone soon."""

    organization_id = models.UUIDField()
    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="tickets")
    box = models.BinaryField()
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
