"""A room's problem, told where the reader can mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django import forms

from souk.kernel.errors import Problem
from souk.provisioning.errors import InvalidParameters
from souk.ui.schema_form import SchemaForm


def tell(form: forms.BaseForm, problem: Problem, names: Mapping[str, str] | None = None) -> None:
    """Put a problem's sentence at the form's field, or above the form. `names` maps the room's names to the form's."""
    field, sentence = (names or {}).get(problem.field or "", problem.field), problem.sentence
    if isinstance(problem, InvalidParameters) and isinstance(form, SchemaForm):
        # A form of parameters has a field for each, beside which its name need not be said.
        field, sentence = str(problem.details["pointer"]).split("/")[1], str(problem.details["reason"])
    form.add_error(field if field in form.fields else None, sentence)


def accepted(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """Do what a form asks for if it is valid; whether that was done. If the room refuses, the form tells why."""
    if not form.is_valid():
        return False
    try:
        act()
    except Problem as problem:
        tell(form, problem)
        return False
    return True
