"""The console's own forms, made of the rooms' forms where they have one."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from souk.parties import forms as parties
from souk.parties.commands import OrganizationDetails
from souk.parties.tokens import SCOPES

SCOPE_LABELS = {
    "*": _("Everything I may do"),
    "read": _("Read everything"),
    "order": _("Place orders"),
    "services": _("Operate services"),
    "billing": _("See invoices"),
    "organization": _("Administer the organization"),
}


class OrganizationForm(parties.OrganizationForm):
    """What an organization tells of itself; only name, kind and ICE are needed to begin."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ice"].help_text = _("On the company's tax papers. A foreign organization has none.")
        self.fields["country"].widget = forms.TextInput(attrs={"maxlength": 2, "dir": "ltr"})
        self.fields["country"].help_text = _("Two letters, such as MA.")
        for name in ("tax_id", "trade_register", "business_tax", "cnss", "phone", "postcode"):
            self.fields[name].widget.attrs["dir"] = "ltr"

    def details(self, *, capital_minor: int | None = None) -> OrganizationDetails:
        """As the command wants it; the capital is not asked for here and stays."""
        known = OrganizationDetails.__dataclass_fields__
        given = {name: value or "" for name, value in self.cleaned_data.items() if name in known}
        return OrganizationDetails(**given, capital_minor=capital_minor)


class RegistrationForm(OrganizationForm):
    """An organization that is new here. `next` is where its registrant wanted to go; `key` makes two sendings one."""

    #: What is needed to begin; the rest may be told later.
    FIRST = ("legal_name", "segment", "ice", "country")

    next = forms.CharField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def first(self) -> list[forms.BoundField]:
        """The fields that are needed to begin."""
        return [self[name] for name in self.FIRST]

    def rest(self) -> list[forms.BoundField]:
        """The other fields that are shown."""
        return [field for field in self.visible_fields() if field.name not in self.FIRST]

    def rest_is_faulty(self) -> bool:
        """Whether a field outside the first ones has a fault, and so must be seen."""
        return any(field.errors for field in self.rest())


class ProjectForm(forms.Form):
    """A project's name."""

    name = forms.CharField(label=_("Project name"), max_length=80)


class TokenForm(parties.TokenForm):
    """A token's name, what it may do, and how long it lives."""

    scopes = forms.MultipleChoiceField(
        label=_("Allowed to"),
        choices=[(scope, SCOPE_LABELS.get(scope, scope)) for scope in SCOPES],
        initial=["*"],
        widget=forms.CheckboxSelectMultiple,
    )


class BindingForm(forms.Form):
    """What further credentials are called."""

    name = forms.CharField(
        label=_("Name"),
        max_length=40,
        help_text=_("Lowercase letters, digits and underscores; it becomes the user's name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )


class RestoreForm(forms.Form):
    """Which instant is to come back, as which service. `key` makes two sendings one."""

    name = forms.CharField(label=_("The new service's name"), max_length=63)
    until = forms.DateTimeField(
        label=_("As it was at"),
        required=False,
        help_text=_("In Moroccan time, to the second. Leave it empty for the last that was kept."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1", "dir": "ltr"}),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"],
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class RenameForm(forms.Form):
    """A service's new name."""

    name = forms.CharField(label=_("Name"), max_length=63, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class DeletionForm(forms.Form):
    """The name of what is to be deleted, typed by hand, and whether its data goes at once."""

    name = forms.CharField(label=_("Type the service's name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    erase = forms.BooleanField(
        label=_("Erase the data at once"), required=False, help_text=_("It can't be recovered then, by nobody.")
    )

    def __init__(self, expected: str, *args: Any, recoverable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        if not recoverable:
            del self.fields["erase"]

    def clean_name(self) -> str:
        """Refuse any other name."""
        given = " ".join(str(self.cleaned_data["name"]).split())
        if given != self.expected:
            raise forms.ValidationError(_("This is not the service's name. Nothing was deleted."))
        return given


class RuleForm(forms.Form):
    """An alert rule's threshold, and whether it is on."""

    rule = forms.CharField(widget=forms.HiddenInput)
    threshold = forms.FloatField(label=_("Threshold"), widget=forms.NumberInput(attrs={"step": "any", "min": "0"}))
    enabled = forms.BooleanField(label=_("Tell of it"), required=False)

    def __init__(self, *args: Any, unit: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["threshold"].label = format_lazy("{} ({})", _("Threshold"), unit)


class WebhookForm(forms.Form):
    """Where alerts are sent."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("An https address outside of the platform's networks."),
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
