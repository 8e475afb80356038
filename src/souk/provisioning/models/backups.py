"""Backups, and where they are kept."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance
from souk.provisioning.models.operations import Operation


class Repository(Row):
    """Where an instance's backups go, with a passphrase that encrypts what is put there: a bucket of its own on a
    site's object storage (itself a service instance, which the platform runs), with a key for this bucket alone; or,
    without `storage`, a folder of its own in the operator's bucket at an `endpoint` outside, whose key is in the
    settings.

    Both secrets are sealed under the worker's key. Without the passphrase the backups can't be read by anybody:
    destroying it erases them all.
    """

    organization_id = models.UUIDField()
    instance = models.OneToOneField(ServiceInstance, on_delete=models.PROTECT, related_name="repository")
    storage = models.ForeignKey(ServiceInstance, on_delete=models.PROTECT, null=True, related_name="repositories")
    endpoint = models.CharField(max_length=200, blank=True, db_default="")
    bucket = models.CharField(max_length=63)
    folder = models.CharField(max_length=120, blank=True, db_default="")
    access_key = models.CharField(max_length=63)
    sealed_secret_key = models.BinaryField()
    sealed_passphrase = models.BinaryField()
    created_at = models.DateTimeField()
    attached_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)


class BackupState(models.TextChoices):
    """running → available, then expired; or failed."""

    RUNNING = "running"
    AVAILABLE = "available"
    EXPIRED = "expired"
    FAILED = "failed"


class Backup(Row):
    """A copy of an instance's data in its repository; `size` is what it restores, `stored` what it takes, in bytes.

    It was `proved_at` when it was restored into a machine of its own and what could be read there was what the service
    held at the same instant.
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.PROTECT, related_name="backups")
    operation = models.OneToOneField(Operation, on_delete=models.PROTECT, related_name="backup")
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=9, choices=BackupState.choices, default=BackupState.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    size = models.BigIntegerField(null=True)
    stored = models.BigIntegerField(null=True)
    proved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["instance", "-id"], name="backup_instance")]
