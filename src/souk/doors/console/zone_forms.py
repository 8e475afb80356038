"""Forms about DNS zones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from souk.provisioning.queries import RecordsRow
from souk.provisioning.zones import files, sets

_LTR = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class ZoneForm(forms.Form):
    """One zone more."""

    name = forms.CharField(
        label=_("Domain"),
        max_length=253,
        help_text=_("As it is registered, such as example.ma."),
        widget=forms.TextInput(attrs={**_LTR, "dir": "auto"}),
    )
    signed = forms.BooleanField(
        label=_("Sign it (DNSSEC)"),
        required=False,
        help_text=_("Nobody can forge its answers once its DS record is where the domain is registered."),
    )


class RecordsForm(forms.Form):
    """Records of one type at a name."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=253,
        help_text=_("Within the zone: www. Empty or @ is the zone itself."),
        widget=forms.TextInput(attrs={**_LTR, "dir": "auto"}),
    )
    type = forms.ChoiceField(label=_("Type"), choices=[(kind, kind) for kind in sets.KINDS])
    values = forms.CharField(
        label=_("Values"),
        max_length=20_000,
        help_text=_("One a line. An MX looks like: 10 mail.example.ma. A name without a dot is within the zone."),
        widget=forms.Textarea(attrs={**_LTR, "rows": 3}),
    )
    ttl = forms.IntegerField(
        label=_("Seconds that others keep it (TTL)"),
        min_value=sets.SHORTEST,
        max_value=sets.LONGEST,
        initial=sets.USUAL_TTL,
        widget=forms.NumberInput(attrs={"dir": "ltr"}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def begun(row: RecordsRow | None) -> dict[str, Any]:
        """What the form begins with: what is there, if somebody chose to change it."""
        if row is None:
            return {"type": "A"}
        values = "\n".join(shown_value(row.type, value) for value in row.values)
        return {"name": row.name, "type": row.type, "values": values, "ttl": row.ttl, "seen": row.mark}

    def lines(self) -> list[str]:
        """What was written, line by line."""
        return [line.strip() for line in self.cleaned_data["values"].splitlines() if line.strip()]

    def renew_seen(self, mark: str) -> None:
        """Sent again, it holds: its reader has been told what is there by now."""
        self.data = {**self.data.dict(), "seen": mark} if isinstance(self.data, QueryDict) else {"seen": mark}


class ZoneFileForm(forms.Form):
    """A zone file, pasted or as a file."""

    file = forms.FileField(label=_("Zone file"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        max_length=files.MOST_BYTES,
        widget=forms.Textarea(attrs={**_LTR, "rows": 12}),
    )
    replace = forms.BooleanField(
        label=_("Delete what the file does not name"),
        required=False,
        help_text=_("Else it stays. Records that follow a service stay either way."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The text, whichever way it came."""
        given = super().clean() or {}
        if (file := given.get("file")) is not None:
            if file.size > files.MOST_BYTES:
                self.add_error("file", _("This file is too large."))
            else:
                given["text"] = file.read().decode("utf-8", errors="replace")
        if not given.get("text", "").strip():
            self.add_error("text", _("Choose a file, or paste its text."))
        return given


def shown_value(kind: str, value: str) -> str:
    """A value as people write it."""
    return sets.plain_text(value) if kind == "TXT" else value
