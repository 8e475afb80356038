"""Form fields for the properties of a JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext

from souk.ui.characters import sane, western_digits

_WIDGETS = {"email": forms.EmailInput, "uri": forms.URLInput}


class SaneTextField(forms.CharField):
    """Text without the invisible marks that come along when pasting."""

    def to_python(self, value: Any) -> str:
        return sane(super().to_python(value) or "")


class WesternIntegerField(forms.IntegerField):
    """A whole number, in Western or Arabic digits."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python(western_digits(value) if isinstance(value, str) else value)


class WesternFloatField(forms.FloatField):
    """A number, in Western or Arabic digits."""

    def to_python(self, value: Any) -> Any:
        text = western_digits(value).replace(",", ".") if isinstance(value, str) else value
        return super().to_python(text)


class LinesField(forms.CharField):
    """A list of strings, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "dir": "auto"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, (list, tuple)) else value

    def clean(self, value: Any) -> Any:
        return [line for line in sane(super().clean(value)).splitlines() if line]


class DocumentField(forms.CharField):
    """A text of several lines, kept as it was written but for how its lines end."""

    widget = forms.Textarea(attrs={"rows": 10, "dir": "ltr", "autocomplete": "off", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n") if text.strip() else ""


def field_for(name: str, rule: Mapping[str, Any], *, required: bool) -> forms.Field:
    """The form field for one property of a schema."""
    common: dict[str, Any] = {
        "label": gettext(rule["title"]) if "title" in rule else capfirst(name.replace("_", " ")),
        "help_text": gettext(rule["description"]) if rule.get("description") else "",
        "initial": rule.get("default"),
        "required": required and "default" not in rule,
    }
    choices = _choices(rule)
    match rule.get("type", "string"):
        case _ if choices:
            return _choice(choices, common)
        case "boolean":
            return forms.BooleanField(**{**common, "required": False})
        case "integer":
            return _number(WesternIntegerField, rule, common, step=rule.get("multipleOf", 1))
        case "number":
            return _number(WesternFloatField, rule, common, step="any")
        case "array":
            return _array(rule.get("items", {}), common)
        case _ if "contentMediaType" in rule:
            return DocumentField(**common)
        case _:
            return _text(rule, common)


def _number(kind: type[forms.Field], rule: Mapping[str, Any], common: dict[str, Any], step: Any) -> forms.Field:
    limits = {"min": rule.get("minimum"), "max": rule.get("maximum"), "step": step}
    attributes = {key: str(value) for key, value in limits.items() if value is not None}
    return kind(widget=forms.NumberInput(attrs=attributes), **common)


def _array(items: Mapping[str, Any], common: dict[str, Any]) -> forms.Field:
    values = _choices(items)
    if values:
        return forms.TypedMultipleChoiceField(
            choices=_labels(values), coerce=_coerce(values), widget=forms.CheckboxSelectMultiple, **common
        )
    return LinesField(**common)


def _choice(values: list[tuple[Any, str]], common: dict[str, Any]) -> forms.Field:
    few, open_ended = len(values) <= 4, not common["required"] and common["initial"] is None
    labels = [("", "—"), *_labels(values)] if open_ended and not few else _labels(values)
    widget = forms.RadioSelect if few else forms.Select
    return forms.TypedChoiceField(choices=labels, coerce=_coerce(values), widget=widget, **common)


def _labels(values: list[tuple[Any, str]]) -> list[tuple[str, str]]:
    return [(str(value), label) for value, label in values]


def _coerce(values: list[tuple[Any, str]]) -> Callable[[str], Any]:
    """From the posted text back to the value of the schema, which may be a number."""
    return {str(value): value for value, _ in values}.__getitem__


def _text(rule: Mapping[str, Any], common: dict[str, Any]) -> forms.Field:
    attributes = {
        key: str(rule[word])
        for key, word in (("minlength", "minLength"), ("maxlength", "maxLength"), ("pattern", "pattern"))
        if word in rule
    }
    if rule.get("examples"):
        attributes["placeholder"] = str(rule["examples"][0])
    widget_type = _WIDGETS.get(rule.get("format", ""), forms.TextInput)
    return SaneTextField(widget=widget_type(attrs=attributes), **common)


def _choices(rule: Mapping[str, Any]) -> list[tuple[Any, str]]:
    if "enum" in rule:
        return [(value, str(value)) for value in rule["enum"]]
    options: Sequence[Mapping[str, Any]] = rule.get("oneOf", ())
    return [
        (option["const"], gettext(option["title"]) if "title" in option else str(option["const"]))
        for option in options
        if "const" in option
    ]
