"""What is said of a web service's own names: where each leads, what to do, and what became of its certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from souk.provisioning import names
from souk.provisioning.own_names import OwnNameRow, WebNamesRow
from souk.provisioning.queries import HomeRow
from souk.ui import format as values
from souk.ui.fields import offer

_REASONS: dict[str, str | Promise] = {
    "caa": gettext_lazy("A CAA record of the domain lets only other authorities issue. Add this one, or delete it."),
    "connection": gettext_lazy("The authority could not reach the site at this name. Is port 80 let in?"),
    "dns": gettext_lazy("The authority found no answer in DNS for this name."),
    "rateLimited": gettext_lazy("The authority issues no more certificates for this domain for a while."),
    "rejectedIdentifier": gettext_lazy("The authority issues no certificate for this name."),
    "tls": gettext_lazy("The authority could not speak TLS with the site at this name."),
    "unauthorized": gettext_lazy("The authority reached another server at this name."),
    "incorrectResponse": gettext_lazy("The authority reached another server at this name."),
    "unreachable": gettext_lazy("The authority does not answer. Certificates that are there go on working."),
}
_REFUSED = gettext_lazy("The authority refused.")


@dataclass(frozen=True)
class Told:
    """A sentence, and the tone in which it is said."""

    tone: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A name as its page shows it; without `where` and `certificate` if its service is no web service."""

    row: OwnNameRow
    where: Told | None = None
    certificate: Told | None = None
    needs_record: bool = False
    needs_text: bool = False


class ArrangingForm(forms.Form):
    """How a web service answers to its names."""

    main = forms.ChoiceField(
        label=gettext_lazy("Main name"), required=False, help_text=gettext_lazy("The others lead to it for good.")
    )
    https_only = forms.BooleanField(label=gettext_lazy("http leads to https"), required=False)
    hsts = forms.BooleanField(
        label=gettext_lazy("Browsers insist on https for a year (HSTS)"),
        required=False,
        help_text=gettext_lazy("They remember it: choose this once everything works by https."),
    )

    def __init__(self, proved: list[str], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        offer(self, "main", [("", _("None: each shows the site")), *((name, names.shown(name)) for name in proved)])


class HomeForm(forms.Form):
    """A name in one of the project's zones."""

    label = forms.CharField(
        label=gettext_lazy("Name in the zone"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Such as www; empty for the domain itself."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "autocapitalize": "none"}),
    )
    zone = forms.ChoiceField(label=gettext_lazy("Zone"))

    def __init__(self, homes: Sequence[HomeRow], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        offer(self, "zone", list(dict.fromkeys((each.ascii, each.zone) for each in homes)))

    def full(self) -> str:
        """The name in full."""
        label, zone = self.cleaned_data["label"].strip().strip("."), self.cleaned_data["zone"]
        return zone if label in ("", "@") else f"{label}.{zone}"


def shown(row: OwnNameRow, web: WebNamesRow | None) -> Shown:
    """A name with what is said of it."""
    if web is None:
        return Shown(row, needs_text=row.state == "pending")
    pending = row.state == "pending"
    return Shown(
        row,
        _where(row, web),
        None if pending else _certificate(row, web),
        needs_record=bool(web.address) and row.leads in ("elsewhere", "nowhere"),
        needs_text=pending and (row.leads == "here" or not web.public),
    )


def _where(row: OwnNameRow, web: WebNamesRow) -> Told:
    # An address reads from left to right in Arabic, too.
    found = ", ".join(f"\u2066{each}\u2069" for each in row.found)
    match row.leads:
        case "here" if row.state == "pending" and web.public:
            return Told("warn", _("It leads here, but another service has it. The text below proves that it is yours."))
        case "here":
            return Told("ok", _("It leads to this service."))
        case "elsewhere":
            return Told("warn", _("It leads elsewhere: %(found)s. Set the record below.") % {"found": found})
        case "split":
            sentence = _("By IPv6 it leads elsewhere (%(found)s). Delete its AAAA records: the service has no IPv6.")
            six = ", ".join(each for each in row.found if ":" in each)
            return Told("warn", sentence % {"found": six})
        case "nowhere":
            return Told(
                "warn", _("DNS does not know it yet. Set the record below; it may take an hour until it is seen.")
            )
        case "silent":
            return Told("warn", _("DNS gives no answer for it just now."))
        case _:
            return Told("info", _("It is looked up in DNS."))


def _certificate(row: OwnNameRow, web: WebNamesRow) -> Told:
    ends = values.instant(row.certified_until, "date") if row.certified_until else ""
    match row.certificate:
        case "valid" if row.trouble:
            sentence = _("Its certificate holds until %(ends)s, but could not be renewed.") % {"ends": ends}
            return Told("warn", f"{sentence} {_reason(row)}")
        case "valid":
            return Told("ok", _("Its certificate holds until %(ends)s and is renewed by itself.") % {"ends": ends})
        case "failed":
            return Told("bad", f"{_('It has no certificate of its own.')} {_reason(row)}")
        case "ended":
            return Told("bad", _("Its certificate ended on %(ends)s.") % {"ends": ends})
        case "asked":
            return Told("info", _("Its certificate is being asked for."))
        case _ if not web.issuer:
            return Told("info", _("It shows the platform's own certificate, which browsers warn of."))
        case _:
            return Told("info", _("A certificate is asked for as soon as it leads here."))


def _reason(row: OwnNameRow) -> str:
    return str(_REASONS.get(row.reason, _REFUSED))
