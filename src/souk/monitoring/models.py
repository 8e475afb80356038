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
    """What was seen first: its machine ended, its process ended, it did not answer, or it could not be kept; or its
    backup failed a proof, which is an instant: the service serves on.
    """

    MACHINE_ENDED = "machine_ended"
    PROCESS_ENDED = "process_ended"
    NO_ANSWER = "no_answer"
    LOST = "lost"
    PROOF_FAILED = "proof_failed"


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


class AlertRule(Row):
    """What an organization changed of a rule for one of its instances: another threshold, or that it is off."""

    organization_id = models.UUIDField()
    instance_id = models.UUIDField()
    rule = models.CharField(max_length=20)
    threshold = models.FloatField()
    enabled = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance_id", "rule"], name="alert_rule_once")]


class AlertState(models.TextChoices):
    """pending → firing → resolved; a pending one that goes by itself leaves nothing."""

    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


class Alert(Row):
    """A value of an instance is beyond its rule's threshold. `value` is the last, `since` when it first was,
    `clear_since` since when it has been well again, `fired_at` when people were told.
    """

    organization_id = models.UUIDField()
    instance_id = models.UUIDField()
    rule = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=AlertState.choices)
    threshold = models.FloatField()
    value = models.FloatField()
    since = models.DateTimeField()
    clear_since = models.DateTimeField(null=True)
    fired_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance_id", "rule"],
                condition=models.Q(state__in=["pending", "firing"]),
                name="alert_open_once",
            )
        ]
        indexes = [models.Index(fields=["instance_id", "-id"], name="alert_instance")]


class Webhook(Row):
    """An address of an organization's that is told of its alerts. What is sent is signed with the secret, which is
    sealed under the ring that web and worker share.
    """

    organization_id = models.UUIDField()
    url = models.CharField(max_length=500)
    sealed_secret = models.BinaryField()
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)


class Delivery(Row):
    """One alert or announcement told to one webhook or, by mail, to one person; tried again until it is delivered or
    given up.
    """

    organization_id = models.UUIDField()
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, null=True, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, null=True, related_name="deliveries")
    person_id = models.UUIDField(null=True)
    body = models.JSONField()
    attempts = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(webhook__isnull=True) ^ models.Q(person_id__isnull=True),
                name="delivery_to_one",
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="delivery_due"),
            models.Index(fields=["webhook", "-id"], name="delivery_webhook"),
        ]


class Announcement(Row):
    """Something that was told of an instance, by its subject: it is told once."""

    organization_id = models.UUIDField()
    instance_id = models.UUIDField()
    subject = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance_id", "subject"], name="announcement_once")]


class LogPosition(models.Model):
    """How far an instance's log was brought here: the cursor, and how many bytes of its lines are kept of `day`."""

    instance_id = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    cursor = models.TextField()
    day = models.DateField()
    kept = models.BigIntegerField()


class SlowStatements(models.Model):
    """The queries of an instance that took longest in all, as they were when last asked for."""

    instance_id = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    at = models.DateTimeField()
    statements = models.JSONField()


class MachineUpdates(models.Model):
    """What a machine that installs updates itself told of them `at` last: how many close holes, and how many others
    there are; whether something runs that was replaced; when it had last asked for updates, and installed some. There
    were some that close holes at every look since `security_since`.
    """

    instance_id = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    at = models.DateTimeField()
    security = models.IntegerField()
    others = models.IntegerField()
    restart = models.BooleanField()
    asked_at = models.DateTimeField(null=True)
    installed_at = models.DateTimeField(null=True)
    security_since = models.DateTimeField(null=True)
