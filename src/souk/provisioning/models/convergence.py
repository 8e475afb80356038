"""The reconciler's work items."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class WorkKind(models.TextChoices):
    """What a work item is about: a service instance, one that is produced elsewhere, one that is made of others, a
    pool of machines that wait ready, or a private network.
    """

    INSTANCE = "instance"
    ELSEWHERE = "elsewhere"
    STACK = "stack"
    POOL = "pool"
    NETWORK = "network"


class Convergence(models.Model):
    """The reconciler's work item: claimed by one short update, renewed, fenced by its epoch."""

    kind = models.CharField(max_length=20, choices=WorkKind.choices)
    subject = models.UUIDField(primary_key=True)
    generation = models.BigIntegerField(default=1)
    epoch = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True, db_default="")

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="convergence_due")]
