"""Ranges of public addresses: one more, or one less."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.doors.console.operator.ground import RangeForm, answer
from souk.doors.console.problems import accepted
from souk.kernel.errors import Problem
from souk.provisioning import commands


@require_POST
@operator_page
def add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Have a site give out the public addresses of one more range."""
    form = RangeForm(request.POST)
    if accepted(
        form, lambda: commands.add_range(desk.operator, form.cleaned_data["site"], form.cleaned_data["network"])
    ):
        messages.success(request, _("The addresses are given out from now on."))
        return redirect("operator-sites")
    return answer(request, desk, range_form=form)


@require_POST
@operator_page
def withdraw(request: HttpRequest, desk: Desk, range_: UUID) -> HttpResponse:
    """Have a site give out the addresses of a range no more."""
    try:
        commands.withdraw_range(desk.operator, range_)
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, _("The addresses are given out no more."))
    return redirect("operator-sites")
