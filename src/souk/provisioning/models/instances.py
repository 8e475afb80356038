"""What a customer runs, as it should be and as it is."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.contract import Size


class InstanceState(models.TextChoices):
    """Where a service instance is, as its customer sees it."""

    PENDING = "pending"
    PROVISIONING = "provisioning"
    READY = "ready"
    UPDATING = "updating"
    STOPPED = "stopped"
    SUSPENDED = "suspended"
    FAILED = "failed"
    DELETING = "deleting"
    SOFT_DELETED = "soft_deleted"
    DELETED = "deleted"


class Desired(models.TextChoices):
    """What a service instance should be."""

    RUNNING = "running"
    STOPPED = "stopped"
    SUSPENDED = "suspended"
    SOFT_DELETED = "soft_deleted"
    DELETED = "deleted"


class Suspension(models.TextChoices):
    """Why the operator keeps a service from running; nothing if it does not."""

    UNPAID = "unpaid"
    ABUSE = "abuse"
    OTHER = "other"
    NONE = ""


class ServiceInstance(Row):
    """What a customer runs. Commands write what is desired and raise `generation`; the reconciler follows.

    A `protected` one can't be deleted. A soft-deleted one is kept, stopped, until `erase_at`. One that is
    `restored_from` another instance begins with that one's data, as it was at `restore_until` or when the
    `restored_snapshot` of it was taken, or at the last that was kept of it.

    One that is under `suspension` by the operator does not run, and `suspension_note` is what its customer is told; it
    stays so through a deletion and a recovery.

    `allowed` are the networks that may reach it, as a list of {network, note}; None lets everyone in.
    `firewall` are the rules of what passes between its machine and the world (`provisioning.rules`), as a list; None
    are those that every machine begins with.
    `maintenance` is the window that its customer chose, as {weekday, hour, hours}.
    `web_names` is how a web service is to answer to its customer's own names, as {main, https_only, hsts}.

    `disk` is all of it, in bytes, of which `extra_disk` are beyond the plan. It grows by itself up to `grow_to` (None:
    it does not); since `growth_refused_at` its site has had no room for that.

    `plan_id` is the catalogue's plan that it has, for one that is produced elsewhere or made of others; its size is
    nothing then. `part_of` is the stack that it was made for, if it was, which calls it `part`.
    """

    organization_id = models.UUIDField()
    project_id = models.UUIDField()
    site_id = models.UUIDField()
    region_code = models.SlugField(max_length=40)
    blueprint = models.CharField(max_length=60)
    name = models.CharField(max_length=63)
    label = models.SlugField(max_length=40, unique=True)
    parameters = models.JSONField()
    plan_id = models.UUIDField(null=True)
    part_of = models.UUIDField(null=True)
    part = models.SlugField(max_length=20, default="", db_default="", blank=True)
    vcpus = models.PositiveSmallIntegerField()
    memory = models.BigIntegerField()
    disk = models.BigIntegerField()
    members = models.PositiveSmallIntegerField(default=1, db_default=1)
    extra_disk = models.BigIntegerField(default=0, db_default=0)
    grow_to = models.BigIntegerField(null=True)
    growth_refused_at = models.DateTimeField(null=True)
    desired = models.CharField(max_length=14, choices=Desired.choices, default=Desired.RUNNING)
    generation = models.BigIntegerField(default=1)
    observed_generation = models.BigIntegerField(default=0)
    state = models.CharField(max_length=14, choices=InstanceState.choices, default=InstanceState.PENDING)
    trouble = models.CharField(max_length=300, blank=True)
    protected = models.BooleanField(default=False, db_default=False)
    suspension = models.CharField(
        max_length=6, choices=Suspension.choices, default=Suspension.NONE, db_default="", blank=True
    )
    suspension_note = models.CharField(max_length=300, default="", db_default="", blank=True)
    restored_from = models.UUIDField(null=True)
    restore_until = models.DateTimeField(null=True)
    restored_snapshot = models.UUIDField(null=True)
    allowed = models.JSONField(null=True)
    firewall = models.JSONField(null=True)
    maintenance = models.JSONField(null=True)
    web_names = models.JSONField(null=True)
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    deletion_accepted_at = models.DateTimeField(null=True)
    erase_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "name"],
                condition=~models.Q(desired__in=["soft_deleted", "deleted"]),
                name="service_instance_name_once",
            ),
            models.CheckConstraint(
                condition=models.Q(observed_generation__lte=models.F("generation")),
                name="service_instance_observed_is_past",
            ),
            models.UniqueConstraint(
                fields=["part_of", "part"], condition=models.Q(part_of__isnull=False), name="service_instance_part_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="service_instance_organization"),
            models.Index(
                fields=["part_of"], condition=models.Q(part_of__isnull=False), name="service_instance_part_of"
            ),
        ]

    @property
    def size(self) -> Size:
        """What each of its members has."""
        return Size(self.vcpus, self.memory, self.disk, self.members, self.extra_disk)


class Quota(models.Model):
    """How many service instances an organization may have and has; exact under concurrency."""

    organization_id = models.UUIDField(primary_key=True)
    instance_limit = models.PositiveIntegerField()
    instances = models.PositiveIntegerField(default=0)
