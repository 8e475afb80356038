"""Parameters against their JSON Schema: defaults filled in, the first fault told where it is."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from souk.provisioning.contract import Unfit
from souk.provisioning.errors import InvalidParameters
from souk.ui.schema_words import sentence

MOST_CHARACTERS = 20_000


def complete(
    schema: Mapping[str, Any], parameters: Mapping[str, Any], check: Callable[[Mapping[str, Any]], None]
) -> dict[str, Any]:
    """`parameters` with the schema's defaults filled in, valid, and such that the blueprint's `check` finds no fault.

    Raises:
        InvalidParameters: names the parameter at fault and why.
    """
    filled = copy.deepcopy(dict(parameters))
    for key, rule in schema.get("properties", {}).items():
        if key not in filled and "default" in rule:
            filled[key] = copy.deepcopy(rule["default"])
    error = best_match(Draft202012Validator(dict(schema)).iter_errors(filled))
    if error is not None:
        raise InvalidParameters(pointer=_pointer(error), reason=sentence(error))
    try:
        check(filled)
    except Unfit as unfit:
        reason = gettext(unfit.sentence).format(**unfit.values)
        raise InvalidParameters(pointer=f"/{unfit.name}", reason=reason) from unfit
    return filled


def _pointer(error: ValidationError) -> str:
    """Where the fault is; a parameter that is missing or that nobody knows is named itself."""
    path = [str(part) for part in error.absolute_path]
    given: Any = error.instance
    wanted: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "required":
        path += [key for key in wanted if key not in given][:1]
    elif error.validator == "additionalProperties":
        path += [key for key in given if key not in schema.get("properties", {})][:1]
    return "/" + "/".join(path)
