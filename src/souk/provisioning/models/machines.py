"""Machines, what they are made from, and what several of them share."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance


class MachineRole(models.TextChoices):
    """What a machine is for: it carries the service, alone (primary), with others (member) or in front of them; a
    backup is tried out on it and it is thrown away (proof); it is to carry the service next; or it did before a
    restore, and is kept as a way back. One that waits for an order (warm) is nobody's yet.
    """

    PRIMARY = "primary"
    MEMBER = "member"
    FRONT = "front"
    PROOF = "proof"
    NEXT = "next"
    FORMER = "former"
    WARM = "warm"


class Duty(models.TextChoices):
    """What a member was last seen to do: lead, hold all that is acknowledged, or follow; nothing if it was not seen."""

    LEADS = "leads"
    SYNCHRONOUS = "synchronous"
    FOLLOWS = "follows"
    UNSEEN = ""


class Machine(Row):
    """A machine of the engine, with a row and an address of its own before it is made.

    Members are numbered; a former one is `kept_until`. `fingerprint` is of the image that it was made from, `version`
    what its software says it is; both are empty until they were asked for. It stands on `host`, chosen before it is
    made and put right by what the engine shows; empty where nobody knows of hosts. A warm one has no instance, and
    belongs to no organization.
    """

    organization_id = models.UUIDField(null=True)
    instance = models.ForeignKey(ServiceInstance, on_delete=models.PROTECT, related_name="machines", null=True)
    site_id = models.UUIDField()
    name = models.SlugField(max_length=63, unique=True)
    address = models.GenericIPAddressField(protocol="IPv4")
    image = models.CharField(max_length=120)
    host = models.CharField(max_length=80, default="", db_default="", blank=True)
    role = models.CharField(
        max_length=7, choices=MachineRole.choices, default=MachineRole.PRIMARY, db_default=MachineRole.PRIMARY
    )
    number = models.PositiveSmallIntegerField(default=1, db_default=1)
    duty = models.CharField(max_length=11, choices=Duty.choices, default=Duty.UNSEEN, db_default="", blank=True)
    fingerprint = models.CharField(max_length=64, default="", db_default="", blank=True)
    version = models.CharField(max_length=40, default="", db_default="", blank=True)
    created_at = models.DateTimeField()
    kept_until = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site_id", "address"],
                condition=models.Q(deleted_at__isnull=True),
                name="machine_address_once",
            ),
            models.UniqueConstraint(
                fields=["instance", "role", "number"],
                condition=models.Q(deleted_at__isnull=True),
                name="machine_role_and_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(instance__isnull=False, organization_id__isnull=False)
                | models.Q(role="warm", instance__isnull=True, organization_id__isnull=True),
                name="machine_is_somebodys_or_warm",
            ),
        ]


class Image(models.Model):
    """What new machines of a site are made from, by the alias that their blueprint asks for: the newest image, the
    version of the software in it, if it tells, and since when it was seen there. Nobody's data: it has no wall.
    """

    site_id = models.UUIDField()
    alias = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    version = models.CharField(max_length=40, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site_id", "alias"], name="image_alias_once")]


class Ensemble(Row):
    """What the machines of a highly available instance share: a private network, a user of the site's coordination
    (itself a service instance, which the platform runs), and a secret that they know each other by.

    `first` is the number of the member whose data the others copied when it began. Both secrets are sealed under the
    worker's key.
    """

    organization_id = models.UUIDField()
    instance = models.OneToOneField(ServiceInstance, on_delete=models.PROTECT, related_name="ensemble")
    coordination = models.ForeignKey(ServiceInstance, on_delete=models.PROTECT, related_name="ensembles")
    network = models.CharField(max_length=15)
    username = models.CharField(max_length=63)
    prefix = models.CharField(max_length=80)
    sealed_password = models.BinaryField()
    sealed_secret = models.BinaryField()
    first = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)
