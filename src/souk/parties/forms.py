"""Forms of people and organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.forms import SignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

from souk.parties.models import Organization, Role
from souk.parties.words import ROLE_LABELS, SEGMENT_LABELS


class SignUpForm(SignupForm):  # type: ignore[misc]
    """An account: name, e-mail address, password."""

    full_name = forms.CharField(label=_("Full name"), max_length=150)
    field_order = ["full_name", "email", "password1"]


if TYPE_CHECKING:
    _OrganizationModelForm = forms.ModelForm[Organization]
else:
    _OrganizationModelForm = forms.ModelForm


class OrganizationForm(_OrganizationModelForm):
    """What an organization tells of itself; the identifiers are checked by the command."""

    class Meta:
        model = Organization
        fields = [
            "legal_name",
            "segment",
            "ice",
            "legal_form",
            "tax_id",
            "trade_register",
            "trade_register_city",
            "business_tax",
            "cnss",
            "address",
            "postcode",
            "city",
            "country",
            "email",
            "phone",
        ]
        labels = {
            "legal_name": _("Legal name"),
            "segment": _("Kind of organization"),
            "ice": _("ICE (15 digits)"),
            "legal_form": _("Legal form"),
            "tax_id": _("Tax identifier (IF)"),
            "trade_register": _("Trade register number (RC)"),
            "trade_register_city": _("Trade register city"),
            "business_tax": _("Business tax number (TP)"),
            "cnss": _("CNSS number"),
            "address": _("Address"),
            "postcode": _("Postcode"),
            "city": _("City"),
            "country": _("Country"),
            "email": _("E-mail for invoices"),
            "phone": _("Telephone"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].widget = forms.Select(choices=[("", "—"), *SEGMENT_LABELS.items()])
        self.fields["ice"].widget.attrs.update(inputmode="numeric", autocomplete="off", dir="ltr")

    def validate_unique(self) -> None:
        """Leave uniqueness to the command, which tells it in Souk's words."""


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLE_LABELS.items()), initial=Role.BUYER)


class TokenForm(forms.Form):
    """A token's name and how long it lives."""

    name = forms.CharField(label=_("Name"), max_length=80)
    days = forms.IntegerField(label=_("Days until it expires"), min_value=1, max_value=366, initial=90)
