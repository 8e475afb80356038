"""The kernel's tables: events (outbox and audit at once), seals, rules, documents, numbering, idempotency."""

from __future__ import annotations

from django.db import models

from souk.kernel.ids import new_id


class Row(models.Model):
    """What every table of Souk has: a UUIDv7 key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class TransactionId(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's `xid8`: the transaction that wrote the row. Readers use it to leave out late commits."""

    def db_type(self, connection: object) -> str:  # noqa: ARG002
        return "xid8"


class Event(Row):
    """One thing that happened, written in the transaction that made it happen; outbox and audit trail at once.

    `personal` holds what may have to be erased; the seal covers only its digest, so erasing it breaks no chain.
    """

    at = models.DateTimeField()
    recorded_by = TransactionId()
    action = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    organization_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=80)
    request_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)
    personal = models.JSONField(null=True)
    personal_digest = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="event_subject"),
            models.Index(fields=["organization_id", "-id"], name="event_organization"),
            models.Index(fields=["recorded_by", "id"], name="event_order"),
        ]


class Cursor(models.Model):
    """How far a subscriber has read the events; moved in the transaction that does the subscriber's work."""

    subscriber = models.CharField(max_length=60, primary_key=True)
    after_transaction = TransactionId()
    after_id = models.UUIDField()


class Seal(models.Model):
    """A batch of events, chained to the batch before by its hash."""

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    events = models.IntegerField()
    after_transaction = TransactionId()
    after_id = models.UUIDField()
    until_transaction = TransactionId()
    until_id = models.UUIDField()
    previous = models.BinaryField()
    digest = models.BinaryField()


class RulePack(models.Model):
    """A country's rules as data. Until a counsel has signed it off, documents made by it say SPECIMEN."""

    country = models.CharField(max_length=2, primary_key=True)
    version = models.CharField(max_length=20)
    signed_off_by = models.CharField(max_length=200, blank=True)
    signed_off_at = models.DateTimeField(null=True)


class Rule(Row):
    """One dated rule of law: its value, and the article and source it comes from."""

    pack = models.ForeignKey(RulePack, on_delete=models.PROTECT, related_name="rules")
    key = models.CharField(max_length=80)
    value = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    article = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=300)
    status = models.CharField(max_length=12, choices=[("sourced", "sourced"), ("unverified", "unverified")])
    enabled = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "key", "valid_from"], name="rule_once_per_day"),
            models.CheckConstraint(
                condition=models.Q(status="sourced") | models.Q(enabled=False),
                name="rule_unverified_is_disabled",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="rule_period_is_forward",
            ),
        ]


class Document(Row):
    """A file that must not change: an issued invoice, an attestation. Its content is kept with its SHA-256."""

    organization_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    sha256 = models.BinaryField()
    content = models.BinaryField()
    created_at = models.DateTimeField()


class NumberingSeries(models.Model):
    """The next number of an issuer's series of documents in a fiscal year. Without gaps (CGI 145-III)."""

    issuer_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    year = models.IntegerField()
    next = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer_id", "kind", "year"], name="numbering_series_once")]


class IdempotencyKey(models.Model):
    """A caller's promise that two requests are one: the resource the first of them made."""

    id = models.BigAutoField(primary_key=True)
    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    digest = models.BinaryField()
    resource_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="idempotency_key_once")]
