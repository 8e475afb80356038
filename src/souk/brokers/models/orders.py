"""What was ordered from brokers, as far as it is."""

from __future__ import annotations

from django.db import models

from souk.brokers.models.brokers import Broker
from souk.kernel.models import Row


class Phase(models.TextChoices):
    """Where a service or a binding is at its broker.

    new: nothing was asked under its key. asked: it was, and the answer is not known. waiting: it is under way there.
    there. changing: as asked, of a change. adapting: as waiting, of a change. leaving: whatever there is of it must go.
    going: that is under way. gone. refused: it will never be.
    """

    NEW = "new"
    ASKED = "asked"
    WAITING = "waiting"
    THERE = "there"
    CHANGING = "changing"
    ADAPTING = "adapting"
    LEAVING = "leaving"
    GOING = "going"
    GONE = "gone"
    REFUSED = "refused"


class Brokered(Row):
    """What a service and a binding have in common at a broker: `key`, the id it knows them by, is recorded before it is
    told, and is another one for each `attempt`; `operation` is what it calls what it is at, since `asked_at`.
    """

    organization_id = models.UUIDField()
    broker = models.ForeignKey(Broker, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True)
    phase = models.CharField(max_length=8, choices=Phase.choices, default=Phase.NEW)
    attempt = models.PositiveSmallIntegerField(default=1)
    operation = models.CharField(max_length=10_000, blank=True)
    asked_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    refusal = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class BrokeredService(Brokered):
    """A service instance at its broker: the plan and the parameters that it has there, and those that were asked for
    last.
    """

    instance_id = models.UUIDField(unique=True)
    plan_id = models.UUIDField()
    parameters = models.JSONField()
    wanted_plan_id = models.UUIDField(null=True)
    wanted_parameters = models.JSONField(null=True)
    dashboard_url = models.CharField(max_length=500, blank=True)
    there_at = models.DateTimeField(null=True)
    failed_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["broker", "created_at"], name="brokered_service_broker")]


class BrokeredBinding(Brokered):
    """A binding at its broker."""

    binding_id = models.UUIDField(unique=True)
    instance_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["instance_id"], name="brokered_binding_instance")]
