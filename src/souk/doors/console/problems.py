"""A room's problem, told where the reader can mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django import forms

from souk.kernel.errors import Problem


def tell(form: forms.BaseForm, problem: Problem, names: Mapping[str, str] | None = None) -> None:
    """Put a problem's sentence at the form's field, or above the form. `names` maps the room's names to the form's."""
    field = (names or {}).get(problem.field or "", problem.field)
    form.add_error(field if field in form.fields else None, problem.sentence)


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
