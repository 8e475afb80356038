"""What is seen of services from outside: when each should run, when it did not, and what was seen last.

The values of each minute lie in `monitoring_sample`, partitioned by day (`migrations/0002_samples.py`, `samples.py`).
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models

from souk.kernel.models import Row


class LastLook(models.Model):
    """What was seen of an instance when it was last looked at: whether it answered, its values by their place
    (`souk.monitoring.vocabulary`), and since when its process runs.
    """

    instance_id = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    at = models.DateTimeField()
    answered = models.BooleanField()
    detail = models.CharField(max_length=200, blank=True)
    vals = ArrayField(models.FloatField(null=True))
    running_since = models.DateTimeField(null=True)


class Watch(Row):
    """An instance should have run `during` this time; open while it should. What its customer stopped should not."""

    organization_id = models.UUIDField()
    instance_id = models.UUIDField()
    during = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="watch_without_overlap",
                expressions=[("instance_id", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]


class IncidentCause(models.TextChoices):
    """What was seen first: its machine ended, its process ended, it did not answer, or it could not be kept."""

    MACHINE_ENDED = "machine_ended"
    PROCESS_ENDED = "process_ended"
    NO_ANSWER = "no_answer"
    LOST = "lost"


class Incident(Row):
    """An instance did not serve though it should have: from the first failed look or the end of its machine to the
    first good look. `timeline` is a list of {at, what, detail}: what was seen, what was done, by the platform or its
    customer. `detail` is for the operator.
    """

    organization_id = models.UUIDField()
    instance_id = models.UUIDField()
    cause = models.CharField(max_length=14, choices=IncidentCause.choices)
    during = DateTimeRangeField()
    detail = models.CharField(max_length=200, blank=True)
    timeline = models.JSONField(default=list)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="incident_without_overlap",
                expressions=[("instance_id", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]
        indexes = [models.Index(fields=["instance_id", "-id"], name="incident_instance")]
