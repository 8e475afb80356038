"""Forms of the operator's bookkeeping: amounts as people type them, payments, allocations, credits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from souk.billing.queries import InvoiceLineRow, InvoiceRow, PaymentRow
from souk.doors.console import words
from souk.kernel import clock
from souk.kernel.money import Money
from souk.ui import format as values
from souk.ui.characters import western_digits
from souk.ui.fields import offer


class AmountField(forms.DecimalField):
    """An amount above zero in major units: Western or Arabic digits, comma or point, at most `decimals` decimals."""

    def __init__(self, *, decimals: int = 2, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"})
        least = Decimal(1).scaleb(-decimals)
        super().__init__(min_value=least, max_digits=12 + decimals, decimal_places=decimals, widget=widget, **options)

    def to_python(self, value: Any) -> Any:
        text = "".join(western_digits(value).split()) if isinstance(value, str) else value
        return super().to_python(text.replace(",", ".") if isinstance(text, str) else text)


class PaymentForm(forms.Form):
    """Money that came in."""

    amount = AmountField(label=_("Amount"))
    method = forms.ChoiceField(label=_("How"), choices=list(words.PAYMENT_METHODS.items()))
    reference = forms.CharField(
        label=_("Reference"), max_length=100, help_text=_("The bank's or the cheque's; each is recorded only once.")
    )
    received_on = forms.DateField(
        label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = clock.now().astimezone(values.FISCAL_ZONE).date()


class AllocationForm(forms.Form):
    """What part of a payment settles which invoice."""

    payment = forms.TypedChoiceField(label=_("Payment"), coerce=UUID)
    invoice = forms.TypedChoiceField(label=_("Invoice"), coerce=UUID)
    allocated = AmountField(label=_("Amount"))

    def __init__(self, payments: list[PaymentRow], invoices: list[InvoiceRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = [row for row in payments if row.amount_minor > row.allocated_minor]
        owed = [row for row in invoices if row.outstanding_minor > 0]
        offer(
            self,
            "payment",
            [
                (str(row.id), f"{row.reference} · {_money(row.amount_minor - row.allocated_minor, row.currency)}")
                for row in free
            ],
        )
        offer(
            self,
            "invoice",
            [(str(row.id), f"{row.number} · {_money(row.outstanding_minor, row.currency)}") for row in owed],
        )
        self.possible = bool(free and owed)


class CreditForm(forms.Form):
    """What part of which line is given back, and why."""

    line = forms.TypedChoiceField(label=_("Line"), coerce=UUID)
    amount = AmountField(label=_("Amount before tax"))
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The customer reads it on the credit note.")
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, lines: list[InvoiceLineRow], currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "line",
            [(str(row.id), f"{row.description} · {_money(row.net_minor, currency)}") for row in lines],
        )


def _money(minor: int, currency: str) -> str:
    return values.money(Money(minor, currency))
