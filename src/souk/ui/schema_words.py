"""What a JSON Schema says, and a fault that it finds, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext, ngettext
from jsonschema.exceptions import ValidationError

from souk.ui.format import number


def translated(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema with its titles and descriptions, at every depth, which are message ids."""
    return {key: _translated(key, value) for key, value in schema.items()}


def _translated(key: str, value: Any) -> Any:
    if key in {"title", "description"} and isinstance(value, str) and value:
        return gettext(value)
    if isinstance(value, list):
        return [_translated("", each) for each in value]
    return translated(value) if isinstance(value, dict) else value


def sentence(fault: ValidationError) -> str:
    """What is wrong and what would be right, in the reader's language."""
    teller = _TELLERS.get(str(fault.validator))
    return teller(fault.validator_value) if teller else gettext("This value does not fit.")


def _one_of(allowed: Any) -> str:
    return gettext("Choose one of: %(choices)s.") % {"choices": ", ".join(map(str, allowed))}


def _at_least(limit: Any) -> str:
    return gettext("At least %(limit)s.") % {"limit": number(limit)}


def _at_most(limit: Any) -> str:
    return gettext("At most %(limit)s.") % {"limit": number(limit)}


def _more_than(limit: Any) -> str:
    return gettext("More than %(limit)s.") % {"limit": number(limit)}


def _less_than(limit: Any) -> str:
    return gettext("Less than %(limit)s.") % {"limit": number(limit)}


def _step(step: Any) -> str:
    return gettext("A multiple of %(step)s.") % {"step": number(step)}


def _shortest(count: int) -> str:
    return ngettext("At least %(count)d character.", "At least %(count)d characters.", count) % {"count": count}


def _longest(count: int) -> str:
    return ngettext("At most %(count)d character.", "At most %(count)d characters.", count) % {"count": count}


def _fewest(count: int) -> str:
    return ngettext("Choose at least %(count)d.", "Choose at least %(count)d.", count) % {"count": count}


def _most(count: int) -> str:
    return ngettext("Choose at most %(count)d.", "Choose at most %(count)d.", count) % {"count": count}


def _type(kind: Any) -> str:
    return gettext("A whole number is needed.") if kind == "integer" else gettext("This value does not fit.")


_TELLERS: dict[str, Callable[[Any], str]] = {
    "required": lambda _: gettext("This field is needed."),
    "enum": _one_of,
    "minimum": _at_least,
    "maximum": _at_most,
    "exclusiveMinimum": _more_than,
    "exclusiveMaximum": _less_than,
    "multipleOf": _step,
    "minLength": _shortest,
    "maxLength": _longest,
    "minItems": _fewest,
    "maxItems": _most,
    "pattern": lambda _: gettext("This does not have the expected form."),
    "format": lambda _: gettext("This does not have the expected form."),
    "uniqueItems": lambda _: gettext("Each value may be given only once."),
    "additionalProperties": lambda _: gettext("There is a parameter that does not exist."),
    "type": _type,
}
