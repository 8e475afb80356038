"""Forms that replace something as a whole remember what was seen of it, and tell when it is otherwise by now."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from souk.doors.console.problems import tell
from souk.kernel.errors import Problem
from souk.kernel.meanwhile import ChangedMeanwhile, mark
from souk.ui.format import language

_SEEN = "seen"


def remember(form: forms.BaseForm, present: object) -> None:
    """Let a form carry the mark of what is there while it is shown."""
    form.fields[_SEEN] = forms.CharField(required=False, widget=forms.HiddenInput, initial=mark(present))


def seen(form: forms.BaseForm) -> str:
    """The mark of what was there when a form was shown."""
    return str(form.cleaned_data[_SEEN])


def accepted(form: forms.BaseForm, present: object, act: Callable[[str], object]) -> bool:
    """Do what a form asks for if it is valid, with the mark of what its reader saw; whether that was done."""
    remember(form, present)
    if not form.is_valid():
        return False
    try:
        act(seen(form))
    except ChangedMeanwhile:
        overtaken(form, present)
        return False
    except Problem as problem:
        tell(form, problem)
        return False
    return True


def overtaken(form: forms.BaseForm, present: object) -> None:
    """Keep what was written, and say beside it what is there by now: sent again, it replaces that."""
    written = cast(QueryDict, form.data).copy()
    written[form.add_prefix(_SEEN)] = mark(present)
    form.data = written
    form.add_error(None, _("Somebody else changed this meanwhile. What you wrote is kept; sent again, it holds."))
    for name, field in form.fields.items():
        now = form.initial.get(name)
        if not field.widget.is_hidden and not _same(now, form.cleaned_data.get(name)):
            form.add_error(name, _("There is now: {value}").format(value=_told(field, now)))


def _same(now: object, written: object) -> bool:
    return _lines(now) == _lines(written)


def _lines(value: object) -> list[str]:
    many = value if isinstance(value, list | tuple) else str("" if value is None else value).splitlines()
    return [str(each).strip() for each in many]


def _told(field: forms.Field, value: object) -> str:
    if isinstance(field, forms.ChoiceField):
        value = dict(field.choices).get(value, value)  # type: ignore[arg-type]
    separator = "، " if language() == "ar" else ", "
    return separator.join(_lines(value)) or "—"
