"""The console's own forms, made of the rooms' forms where they have one."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from souk.doors.console.keeping import Kept
from souk.doors.console.words import BINDING_ROLES, WEEKDAYS
from souk.kernel.errors import Problem
from souk.parties import forms as parties
from souk.parties.commands import OrganizationDetails
from souk.parties.tokens import SCOPES
from souk.provisioning.commands import Network
from souk.provisioning.contract import BindingRole
from souk.provisioning.queries import AccessRow
from souk.provisioning.versions import VersionsRow
from souk.provisioning.windows import LONGEST, SHORTEST, Window
from souk.ui import format as written
from souk.ui.fields import offer

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


class EntitlementForm(forms.Form):
    """What credentials are good for. A choice that there is none of is not shown."""

    role = forms.ChoiceField(label=_("Privileges"))
    database = forms.ChoiceField()

    def __init__(self, *args: Any, kept: Kept, roles: Collection[str], databases: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].help_text, self.fields["database"].label = kept.owner, kept.one
        for name, values in (("role", roles), ("database", databases)):
            field = offer(self, name, [(value, BINDING_ROLES[value] if name == "role" else value) for value in values])
            if len(values) < 2:
                field.widget, field.required = forms.HiddenInput(), False
                self.initial.setdefault(name, next(iter(values), ""))

    def entitlement(self) -> tuple[BindingRole, str]:
        """The role and the database that were chosen; the owner's and the first, where there is no choice."""
        return BindingRole(self.cleaned_data["role"] or BindingRole.OWNER), self.cleaned_data["database"]


class BindingForm(EntitlementForm):
    """What further credentials are called, and what they are good for."""

    name = forms.CharField(
        label=_("Name"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    field_order = ("name", "role", "database")

    def __init__(self, *args: Any, kept: Kept, **kwargs: Any) -> None:
        super().__init__(*args, kept=kept, **kwargs)
        self.fields["name"].help_text = kept.key


_WHO = (("everyone", _("Everyone")), ("listed", _("Only these networks")))


class AccessForm(forms.Form):
    """Who may reach a service: a line for each network, its note after it."""

    who = forms.ChoiceField(
        label=_("May reach the service"),
        choices=[*_WHO, ("nobody", _("Nobody"))],
        widget=forms.RadioSelect,
    )
    lines = forms.CharField(
        label=_("Networks"),
        required=False,
        max_length=20_000,
        help_text=_("One a line, its note after a space: 203.0.113.0/24 Office in Rabat"),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    confirm = forms.BooleanField(label=_("Do it even so"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, network: str = "", **kwargs: Any) -> None:
        """`network` is the private network in which the service is reached, if it is in one."""
        super().__init__(*args, **kwargs)
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        if network:
            last = format_lazy(_("Only what is in the private network “{name}”"), name=network)
            who.choices = [*_WHO, ("nobody", last)]

    @staticmethod
    def showing(found: AccessRow) -> dict[str, str]:
        """What the form shows of the list that is in force."""
        if found.networks is None:
            return {"who": "everyone"}
        lines = "\n".join(f"{each.network} {each.note}".strip() for each in found.networks)
        return {"who": "listed" if lines else "nobody", "lines": lines}

    def networks(self) -> list[Network] | None:
        """The networks that were written down; None lets everyone in."""
        if self.cleaned_data["who"] != "listed":
            return None if self.cleaned_data["who"] == "everyone" else []
        split = [line.split(maxsplit=1) for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        return [Network(network, *note) for network, *note in split]

    def ask_to_confirm(self, problem: Problem) -> None:
        """Show the problem, and a box to say that it is meant."""
        self.fields["confirm"].widget = forms.CheckboxInput()
        self.add_error("confirm", problem.sentence)

    def clean_confirm(self) -> bool:
        """Keep the box in sight once it was shown."""
        confirmed = bool(self.cleaned_data["confirm"])
        if confirmed:
            self.fields["confirm"].widget = forms.CheckboxInput()
        return confirmed


class DatabaseForm(forms.Form):
    """What one more database, or bucket, is called."""

    name = forms.CharField(
        label=_("Name"), max_length=63, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"})
    )

    def __init__(self, kept: Kept, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["name"].help_text = kept.name


class ExportForm(forms.Form):
    """Which database is written into a file."""

    database = forms.ChoiceField(label=_("Database"))

    def __init__(self, databases: Sequence[str], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        offer(self, "database", [(name, name) for name in databases])


class OwnNameForm(forms.Form):
    """A DNS name of the customer's own."""

    name = forms.CharField(
        label=_("Name"),
        max_length=253,
        help_text=_("In full, like boutique.example.ma, in any script."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "spellcheck": "false"}),
    )


class DatabaseDeletionForm(forms.Form):
    """The name of the database, or bucket, that is to be deleted, typed by hand."""

    name = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}))

    def __init__(self, kept: Kept, expected: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept, self.expected = kept, expected
        self.fields["name"].label = kept.typed

    def clean_name(self) -> str:
        """Refuse any other name."""
        given = str(self.cleaned_data["name"])
        if given != self.expected:
            raise forms.ValidationError(self.kept.mistyped)
        return given


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

    def __init__(self, *args: Any, instants: Sequence[datetime] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if instants is not None:
            self.fields["until"] = _one_of(instants, [("", _("As it is now"))])


def _one_of(instants: Sequence[datetime], others: Sequence[tuple[str, Any]] = ()) -> forms.TypedChoiceField:
    """Which of the instants at which a backup had finished."""
    return forms.TypedChoiceField(
        label=_("As it was at"),
        required=not others,
        choices=[*others, *((each.isoformat(), written.instant(each, "full")) for each in instants)],
        coerce=datetime.fromisoformat,
        empty_value=None,
        help_text=_("Each is a backup, in Moroccan time."),
    )


class InPlaceForm(forms.Form):
    """Which instant a service is to go on from."""

    until = forms.DateTimeField(
        label=_("As it was at"),
        help_text=_("In Moroccan time, to the second."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1", "dir": "ltr"}),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"],
    )
    give_up_way_back = forms.BooleanField(label=_("Give up the state before the last restore"), required=False)

    def __init__(self, *args: Any, way_back: bool, instants: Sequence[datetime] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if instants is not None:
            self.fields["until"] = _one_of(instants)
        if not way_back:
            del self.fields["give_up_way_back"]


class WindowForm(forms.Form):
    """When a service may be maintained: a night that the platform chooses, or these hours."""

    who = forms.ChoiceField(
        label=_("Who chooses"),
        choices=[("platform", _("The platform, a night")), ("customer", _("I do"))],
        widget=forms.RadioSelect,
    )
    weekday = forms.TypedChoiceField(label=_("Weekday"), choices=list(enumerate(WEEKDAYS)), coerce=int)
    hour = forms.TypedChoiceField(
        label=_("It opens at"), choices=[(hour, f"{hour:02d}:00") for hour in range(24)], coerce=int
    )
    hours = forms.TypedChoiceField(
        label=_("Hours"), choices=[(n, str(n)) for n in range(SHORTEST, LONGEST + 1)], coerce=int
    )

    @classmethod
    def showing(cls, found: VersionsRow) -> dict[str, Any]:
        """The present window, as initial values."""
        return {"who": "customer" if found.window_chosen else "platform", **found.window.as_json()}

    def window(self) -> Window | None:
        """As the command wants it."""
        if self.cleaned_data["who"] == "platform":
            return None
        return Window(self.cleaned_data["weekday"], self.cleaned_data["hour"], self.cleaned_data["hours"])


class UpgradeForm(forms.Form):
    """When a service is to be upgraded."""

    when = forms.ChoiceField(
        label=_("When"),
        choices=[("window", _("In the next maintenance window")), ("now", _("Now"))],
        initial="window",
        widget=forms.RadioSelect,
    )
    give_up_way_back = forms.BooleanField(label=_("Give up the machine that is kept as a way back"), required=False)

    def __init__(self, *args: Any, way_back: bool, instants: Sequence[datetime] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if instants is not None:
            self.fields["until"] = _one_of(instants)
        if not way_back:
            del self.fields["give_up_way_back"]


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
