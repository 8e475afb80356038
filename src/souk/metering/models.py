"""What was used: intervals of running, and counters read from the engine."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from souk.kernel.models import Row


def one_at_a_time(name: str) -> ExclusionConstraint:
    """What the database sees to: rows of one instance never overlap."""
    same, meets = RangeOperators.EQUAL, RangeOperators.OVERLAPS
    return ExclusionConstraint(name=name, expressions=[("instance_id", same), ("during", meets)])


class Lasting(Row):
    """Something that held for an instance during `during`; open while it lasts. Two of an instance never overlap."""

    organization_id = models.UUIDField()
    instance_id = models.UUIDField()
    during = DateTimeRangeField()

    class Meta:
        abstract = True


class UsageInterval(Lasting):
    """A service instance was running (or stopped, holding its disk) during `during`; open while it lasts."""

    meter = models.CharField(max_length=12, choices=[("running", "running"), ("stopped", "stopped")])

    class Meta:
        constraints = [one_at_a_time("usage_interval_without_overlap")]


class HeldDisk(Lasting):
    """How many bytes of disk beyond its plan an instance had during `during`, on all of its machines; open while it
    lasts. It counts as long as the instance runs or is stopped.
    """

    extra = models.BigIntegerField()

    class Meta:
        constraints = [one_at_a_time("held_disk_without_overlap")]


class HeldAddresses(Lasting):
    """How many public addresses were on an instance's bill during `during`; open while it lasts. They count as long as
    the instance runs or is stopped.
    """

    held = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [one_at_a_time("held_addresses_without_overlap")]


class StoredData(Lasting):
    """How many bytes of a customer's own data an instance held during `during`, as it tells itself; open while that is
    the last that was told. It counts as long as the instance runs.
    """

    stored = models.BigIntegerField()

    class Meta:
        constraints = [one_at_a_time("stored_data_without_overlap")]


class UsageSample(Row):
    """What the engine counted for an instance at a moment: bytes on disk, bytes sent since the same machine's sample
    before (its name is empty in samples of the time when an instance had only one).
    """

    organization_id = models.UUIDField()
    instance_id = models.UUIDField()
    machine = models.CharField(max_length=63, blank=True, db_default="")
    at = models.DateTimeField()
    disk = models.BigIntegerField()
    egress = models.BigIntegerField()
    egress_counter = models.BigIntegerField()
    cpu_seconds = models.FloatField()
    memory = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["instance_id", "at"], name="usage_sample_instance")]


class ReportedUsage(Row):
    """How much of a meter an instance used `during` a time, as whoever produces it elsewhere reported it: `report` is
    the id of what said so, `digest` what it said. What one reports never overlaps.
    """

    organization_id = models.UUIDField()
    instance_id = models.UUIDField()
    meter = models.CharField(max_length=12)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    during = DateTimeRangeField()
    reporter = models.UUIDField()
    report = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reporter", "report"], name="reported_usage_once"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="reported_usage_not_negative"),
            ExclusionConstraint(
                name="reported_usage_without_overlap",
                expressions=[
                    ("instance_id", RangeOperators.EQUAL),
                    ("meter", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]
