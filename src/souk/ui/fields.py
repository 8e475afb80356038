"""A Django form's fields as the console draws them: label, control, help and errors, tied together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext

_CHECKS = (forms.CheckboxInput,)
_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
# Values that are written left to right whatever the page's direction.
_LEFT_TO_RIGHT = (forms.EmailInput, forms.URLInput, forms.NumberInput, forms.PasswordInput)
# The label says it all; a placeholder that repeats it is noise.
_SELF_EXPLAINING = (forms.EmailInput, forms.PasswordInput)
_FAMILIAR = {"email", "username", "one-time-code"}


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str | Promise]]) -> forms.ChoiceField:
    """Let a form's field have these choices, which only whoever makes the form knows. Returns the field."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
    return field


@dataclass(frozen=True)
class Option:
    """One radio button or box of a group."""

    id: str
    label: str
    control: SafeString


@dataclass(frozen=True)
class FieldView:
    """A field ready to be drawn. `shape` is stack, check or group."""

    id: str
    name: str
    label: str | Promise
    help: str | Promise
    errors: Sequence[str]
    optional: bool
    shape: str
    control: SafeString
    options: Sequence[Option] = ()
    secret: bool = False

    @property
    def help_id(self) -> str:
        """Id of the help text."""
        return f"{self.id}_help"

    @property
    def error_id(self) -> str:
        """Id of the error messages."""
        return f"{self.id}_error"


def view(bound: BoundField) -> FieldView:
    """A bound field as it is drawn."""
    widget = bound.field.widget
    shape = "check" if isinstance(widget, _CHECKS) else "group" if isinstance(widget, _GROUPS) else "stack"
    identifier = bound.id_for_label or bound.auto_id or f"id_{bound.html_name}"
    described = " ".join([f"{identifier}_help"] * bool(bound.help_text) + [f"{identifier}_error"] * bool(bound.errors))
    attributes = _attributes(bound, described)
    group = shape == "group"
    return FieldView(
        id=identifier,
        name=bound.html_name,
        label=_label(bound),
        help=bound.help_text or "",
        errors=[str(error) for error in bound.errors],
        optional=not bound.field.required and shape != "check" and bound.initial in (None, "", []),
        shape=shape,
        control=SafeString("") if group else bound.as_widget(attrs=attributes),
        options=_options(bound) if group else (),
        secret=isinstance(widget, forms.PasswordInput),
    )


def _label(bound: BoundField) -> str | Promise:
    """A form that names no label gets one made from the field's name, in English: that too is translated."""
    label = bound.label or ""
    return gettext(label) if isinstance(label, str) and label else label


def _attributes(bound: BoundField, described: str) -> dict[str, str | bool]:
    widget = bound.field.widget
    present = str(widget.attrs.get("class", ""))
    attributes: dict[str, str | bool] = {"class": f"{present} {_class(widget)}{_invalid(bound)}".strip()}
    if described:
        attributes["aria-describedby"] = described
    if isinstance(widget, _LEFT_TO_RIGHT) and "dir" not in widget.attrs:
        attributes["dir"] = "ltr"
    if isinstance(widget, _SELF_EXPLAINING) or widget.attrs.get("autocomplete") in _FAMILIAR:
        attributes["placeholder"] = False
    return attributes


def _class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


def _invalid(bound: BoundField) -> str:
    return " is-invalid" if bound.errors else ""


def _options(bound: BoundField) -> list[Option]:
    options = []
    for choice in bound.subwidgets:
        choice.data["attrs"]["class"] = "form-check-input"
        control = choice.tag(wrap_label=False)
        options.append(Option(choice.id_for_label or "", str(choice.choice_label), control))
    return options
