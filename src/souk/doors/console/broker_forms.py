"""What a vendor fills in about its broker: how it is spoken to, what its plans cost, what signs its reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from souk.brokers import commands, queries
from souk.doors.console import words
from souk.doors.console.operator.money import AmountField
from souk.ui.fields import offer

_LTR = {"dir": "ltr", "autocomplete": "off"}

AUTHS: dict[str, words.Text] = {
    "basic": gettext_lazy("Name and password"),
    "bearer": gettext_lazy("Bearer token"),
    "certificate": gettext_lazy("Client certificate (mTLS)"),
}


class BrokerForm(forms.Form):
    """A broker as its vendor describes it."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=300,
        help_text=gettext_lazy("Its https address on the Internet, without /v2. Redirects are not followed."),
        widget=forms.TextInput(attrs={**_LTR, "inputmode": "url"}),
    )
    auth = forms.ChoiceField(
        label=gettext_lazy("How it is signed in to"),
        choices=list(AUTHS.items()),
        initial="basic",
        widget=forms.RadioSelect,
    )
    username = forms.CharField(
        label=gettext_lazy("User"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("With name and password only."),
        widget=forms.TextInput(attrs=_LTR),
    )
    secret = forms.CharField(
        label=gettext_lazy("Password, or token"),
        required=False,
        strip=False,
        help_text=gettext_lazy("Closed at once; only the worker that speaks to the broker can open it."),
        widget=forms.PasswordInput(attrs={**_LTR, "autocomplete": "new-password"}),
    )
    certificate = forms.CharField(
        label=gettext_lazy("Client certificate and its key, in PEM"),
        required=False,
        help_text=gettext_lazy("With a client certificate only."),
        widget=forms.Textarea(attrs={**_LTR, "rows": 3, "spellcheck": "false"}),
    )
    authority = forms.CharField(
        label=gettext_lazy("Certificates that the broker's own leads to, in PEM"),
        required=False,
        help_text=gettext_lazy("Leave this empty if a browser trusts it."),
        widget=forms.Textarea(attrs={**_LTR, "rows": 3, "spellcheck": "false"}),
    )

    def details(self) -> commands.BrokerDetails:
        """As the command wants it."""
        given = self.cleaned_data
        secret = given["certificate"] if given["auth"] == "certificate" else given["secret"]
        return commands.BrokerDetails(
            given["name"], given["url"], given["auth"], given["username"], secret, given["authority"]
        )


class PublicationForm(forms.Form):
    """What each plan costs a month, what is metered, and where it is found."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    category = forms.ChoiceField(label=gettext_lazy("Category"), initial="partners")
    meter = forms.CharField(
        label=gettext_lazy("Meter"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("If you report use: a short name, such as requests."),
        widget=forms.TextInput(attrs=_LTR),
    )
    rate = AmountField(label=gettext_lazy("Price of a unit, before tax"), decimals=6, required=False)

    def __init__(self, proposed: queries.ProposedRow, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("number", proposed.number)
        offer(self, "category", [(key, name) for key, (name, _icon) in words.CATEGORIES.items()])
        self._plans = [
            (service["id"], plan["id"], f"price{number}", service, plan)
            for number, (service, plan) in enumerate(
                (service, plan) for service in proposed.body["services"] for plan in service["plans"]
            )
        ]
        fields = {}
        for _service, _plan, name, service, plan in self._plans:
            label = _("%(plan)s of %(service)s: full month, before tax") % {
                "plan": words.isolated(plan["title"]),
                "service": words.isolated(service["title"]),
            }
            fields[name] = AmountField(label=label, help_text=_suggestion(plan["costs"]))
        self.fields = {"number": self.fields["number"], **fields, **self.fields}

    def publication(self) -> commands.Publication:
        """As the command wants it."""
        given = self.cleaned_data
        prices: dict[str, dict[str, Decimal]] = {}
        for service, plan, name, *_rest in self._plans:
            prices.setdefault(service, {})[plan] = given[name]
        meters = {given["meter"]: given["rate"] or Decimal(0)} if given["meter"] else {}
        offers = [commands.Offer(service, plans, meters) for service, plans in prices.items()]
        return commands.Publication(given["number"], offers, category=given["category"])


class UsageKeyForm(forms.Form):
    """What usage reports are signed with."""

    key = forms.CharField(
        label=gettext_lazy("Ed25519 public key, in base64"),
        required=False,
        help_text=gettext_lazy("Leave this empty, and a secret for HMAC-SHA256 is made and shown once."),
        widget=forms.TextInput(attrs=_LTR),
    )


def _suggestion(costs: Sequence[Mapping[str, Any]]) -> str:
    """What the broker says that a plan costs."""
    if not costs:
        return ""
    told = ", ".join(
        f"{amount} {currency} / {cost['unit']}" for cost in costs for currency, amount in cost["amount"].items()
    )
    return _("The broker suggests: %(costs)s") % {"costs": words.ltr(told)}
