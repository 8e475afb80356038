"""Rated lines, issued documents, payments and the ledger. Issued rows never change; they are credited."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row


class RatedLine(Row):
    """What a subscription's use of a calendar month came to, less what was rated of that month before.

    `until` is how far the use was looked at. `quantity` and `unit_price` are what the invoice shows.
    """

    organization_id = models.UUIDField()
    subscription_id = models.UUIDField()
    meter = models.CharField(max_length=20)
    month = models.DateField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    quantity = models.DecimalField(max_digits=20, decimal_places=10)
    unit = models.CharField(max_length=10)
    unit_price = models.DecimalField(max_digits=20, decimal_places=10)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    explanation = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription_id", "meter", "month", "until"], name="rated_line_once"),
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="rated_line_forward"),
        ]


class DocumentKind(models.TextChoices):
    """What an issued document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Invoice(Row):
    """An issued invoice or credit note. `seller` and `buyer` are the parties as they were on that day."""

    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    organization_id = models.UUIDField()
    issuer_id = models.UUIDField()
    series_year = models.IntegerField()
    series_number = models.BigIntegerField()
    number = models.CharField(max_length=40, unique=True)
    language = models.CharField(max_length=2, default="fr")
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()
    issue_date = models.DateField()
    due_date = models.DateField()
    period_since = models.DateTimeField(null=True)
    period_until = models.DateTimeField(null=True)
    seller = models.JSONField()
    buyer = models.JSONField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    taxes = models.JSONField()
    specimen = models.BooleanField()
    credited = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credit_notes")
    reason = models.CharField(max_length=300, blank=True)
    pdf_id = models.UUIDField(null=True)
    xml_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer_id", "kind", "series_year", "series_number"], name="invoice_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(gross_minor=models.F("net_minor") + models.F("tax_minor")),
                name="invoice_totals_add_up",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="invoice", credited__isnull=True)
                | models.Q(kind="credit_note", credited__isnull=False),
                name="invoice_credit_note_names_its_invoice",
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "-id"], name="invoice_organization")]


class InvoiceLine(Row):
    """A line of an issued document; amounts are positive on credit notes too."""

    organization_id = models.UUIDField()
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    rated_line = models.ForeignKey(RatedLine, on_delete=models.PROTECT, null=True, related_name="invoice_lines")
    credited_line = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credit_lines")
    subscription_id = models.UUIDField()
    description = models.CharField(max_length=300)
    details = models.CharField(max_length=300, blank=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=10)
    unit = models.CharField(max_length=10)
    unit_price = models.DecimalField(max_digits=20, decimal_places=10)
    net_minor = models.BigIntegerField()
    tax_category = models.CharField(max_length=2)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_once"),
            models.UniqueConstraint(
                fields=["rated_line"],
                condition=models.Q(rated_line__isnull=False),
                name="rated_line_invoiced_once",
            ),
        ]


class PaymentMethod(models.TextChoices):
    """How money came in."""

    TRANSFER = "transfer"
    CHEQUE = "cheque"
    CASH = "cash"


class Payment(Row):
    """Money received from an organization."""

    organization_id = models.UUIDField()
    issuer_id = models.UUIDField()
    method = models.CharField(max_length=10, choices=PaymentMethod.choices)
    reference = models.CharField(max_length=100)
    received_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payment_is_positive"),
            models.UniqueConstraint(fields=["issuer_id", "method", "reference"], name="payment_reference_once"),
        ]


class Allocation(Row):
    """A part of a payment, or of a credit note, that settles a part of an invoice."""

    organization_id = models.UUIDField()
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="allocations")
    credit_note = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="settles")
    amount_minor = models.BigIntegerField()
    allocated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="allocation_is_positive"),
            models.CheckConstraint(
                condition=models.Q(payment__isnull=False, credit_note__isnull=True)
                | models.Q(payment__isnull=True, credit_note__isnull=False),
                name="allocation_has_one_origin",
            ),
        ]


class LedgerTransaction(Row):
    """A balanced set of entries and the document they come from."""

    issuer_id = models.UUIDField()
    occurred_on = models.DateField()
    source_kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_kind", "source_id"], name="ledger_transaction_once")]


class LedgerEntry(Row):
    """A debit (positive) or credit (negative) of an account, in minor units."""

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    organization_id = models.UUIDField(null=True)
    account = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(amount_minor=0), name="ledger_entry_not_zero")]
        indexes = [models.Index(fields=["account", "organization_id"], name="ledger_entry_account")]
