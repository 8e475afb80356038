"""A form made from a JSON Schema (draft 2020-12), and back: posted data becomes valid JSON values.

Understood: an object whose properties are string (also with `enum`, `oneOf` of `const` and `title`,
`format`, or a document of several lines where there is a `contentMediaType`), integer, number, boolean, and array of
strings. What a reader leaves empty is left out, so that
the schema's default holds. `title` and `description` are message ids, translated when shown. A property
with `readOnly` or `const` is not asked for, nor is a list of objects, which has pages of its own; one with
`x-advanced` is shown folded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as SchemaError

from souk.ui.schema_fields import field_for
from souk.ui.schema_words import sentence


class SchemaForm(forms.Form):
    """A form whose fields follow a schema; after `is_valid()`, `values` is the JSON object.

    Names in POST data carry the prefix `p` (`p-version`), so that the rest of the page's form can't collide.
    """

    def __init__(
        self,
        schema: Mapping[str, Any],
        data: Any = None,
        *,
        initial: Mapping[str, Any] | None = None,
        prefix: str = "p",
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), prefix=prefix)
        self.schema = schema
        self.values: dict[str, Any] = {}
        self.folded = frozenset(name for name, rule in schema.get("properties", {}).items() if rule.get("x-advanced"))
        required = set(schema.get("required", ()))
        for name, rule in schema.get("properties", {}).items():
            if not (rule.get("readOnly") or "const" in rule or listed(rule)):
                self.fields[name] = field_for(name, rule, required=name in required)

    def clean(self) -> dict[str, Any]:
        """Check the values against the schema itself; each fault lands on its field, as a sentence."""
        cleaned = super().clean() or {}
        properties = self.schema.get("properties", {})
        values = {
            name: value for name, value in cleaned.items() if name in properties and _given(value, properties[name])
        }
        complete = {**_defaults(properties), **values}
        for fault in Draft202012Validator(dict(self.schema)).iter_errors(complete):
            name = _at_fault(fault)
            if name is None or name not in self.fields:
                self.add_error(None, sentence(fault))
            elif name not in self.errors:
                self.add_error(name, sentence(fault))
        if not self.errors:
            self.values = values
        return cleaned


def listed(rule: Mapping[str, Any]) -> bool:
    """Whether a property is a list of objects."""
    return rule.get("type") == "array" and rule.get("items", {}).get("type") == "object"


def _defaults(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What holds where the form has nothing to say: constants and defaults."""
    held = {name: rule.get("const", rule.get("default")) for name, rule in properties.items()}
    return {name: value for name, value in held.items() if value is not None}


def _given(value: Any, rule: Mapping[str, Any]) -> bool:
    if rule.get("type") == "array":
        return bool(value) or bool(rule.get("default"))
    return value is not None and value != ""


def _at_fault(fault: SchemaError) -> str | None:
    """The property a fault belongs to; a missing one is named only in the schema's list."""
    if fault.absolute_path:
        return str(fault.absolute_path[0])
    missing = fault.validator_value if isinstance(fault.validator_value, list) else []
    present = fault.instance if isinstance(fault.instance, dict) else {}
    return next((str(name) for name in missing if name not in present), None)


def canonical(values: Mapping[str, Any]) -> str:
    """JSON with sorted keys, for comparing or hashing what was chosen."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
