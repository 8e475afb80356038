"""Vendors' brokers, and what is seen of them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from souk.kernel.models import Row


class Auth(models.TextChoices):
    """How a broker knows who calls: name and password, a bearer token, or a client certificate alone."""

    BASIC = "basic"
    BEARER = "bearer"
    CERTIFICATE = "certificate"


class Broker(Row):
    """A vendor's Open Service Broker. `organization_id` is the vendor's.

    `closed_secret` is a box that only the worker can open: what it signs in with. `authority` are PEM certificates that
    its own must lead to (nothing: whoever a system trusts).

    It is looked at when `visit_at` comes. After `failures` calls in a row that failed it is not called until
    `open_until`. `trouble` (a message id, with `trouble_detail` in its own words) is what was wrong when it was last
    looked at.
    """

    organization_id = models.UUIDField()
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=300)
    auth = models.CharField(max_length=12, choices=Auth.choices)
    username = models.CharField(max_length=255, blank=True)
    closed_secret = models.BinaryField()
    authority = models.TextField(blank=True)
    usage_key = models.CharField(max_length=200, blank=True, db_default="")
    sealed_usage_secret = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    visit_at = models.DateTimeField(db_default=Now())
    visited_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True, db_default="")
    trouble_detail = models.CharField(max_length=300, blank=True, db_default="")
    failures = models.PositiveIntegerField(default=0, db_default=0)
    open_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "name"],
                condition=models.Q(removed_at__isnull=True),
                name="broker_name_once",
            )
        ]
        indexes = [
            models.Index(fields=["visit_at"], condition=models.Q(removed_at__isnull=True), name="broker_to_visit")
        ]


class BrokerHour(models.Model):
    """What was seen of a broker in an hour: looks, how many of them were answered well, and how long that took."""

    broker = models.ForeignKey(Broker, on_delete=models.CASCADE, related_name="hours")
    organization_id = models.UUIDField()
    hour = models.DateTimeField()
    looks = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    milliseconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["broker", "hour"], name="broker_hour_once")]


class Intake(models.Model):
    """The worker's key pair for secrets that reach the platform through the web process: that closes,
    the worker opens.
    """

    public = models.BinaryField()
    sealed_private = models.BinaryField()
    created_at = models.DateTimeField()
