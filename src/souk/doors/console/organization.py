"""The organization itself: registering it, its details, its projects, and which one the reader works for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from souk.doors.console import meanwhile
from souk.doors.console.asking import wanted_next
from souk.doors.console.desk import Desk, choose
from souk.doors.console.forms import OrganizationForm, ProjectForm, RegistrationForm
from souk.doors.console.guards import member_page, person_page
from souk.doors.console.problems import accepted, tell
from souk.kernel.errors import Problem
from souk.kernel.ids import new_id
from souk.parties import commands
from souk.parties.access import CAN_ADMINISTER
from souk.parties.words import SEGMENT_LABELS
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Table


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def organization_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Register an organization; its registrant becomes its owner and goes on where it wanted to."""
    start = {"country": "MA", "email": getattr(request.user, "email", ""), "key": new_id()}
    form = RegistrationForm(request.POST or None, initial={**start, "next": request.GET.get("next", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.register_organization(
                desk.person, form.details(), key=f"console:{form.cleaned_data['key']}"
            )
        except Problem as problem:
            tell(form, problem)
        else:
            choose(request, str(made))
            messages.success(request, _("Your organization is registered. You can order now."))
            return redirect(wanted_next(request, "market"))
    context = {"form": form, "first": desk.chosen is None}
    return render(request, "console/organization_new.html", context, status=422 if form.errors else 200)


@require_safe
@member_page
def organization(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The organization's details and projects."""
    return render(request, "console/organization.html", _page(desk, ProjectForm()))


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def organization_edit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Correct the organization's details; issued documents keep what they said."""
    row = desk.organization
    form = OrganizationForm(request.POST or None, initial=asdict(row))
    if meanwhile.accepted(
        form,
        row,
        lambda seen: commands.change_organization(
            desk.scope, row.id, form.details(capital_minor=row.capital_minor), seen=seen
        ),
    ):
        messages.success(request, _("The details are changed."))
        return redirect("organization")
    crumbs = [Crumb(_("Organization"), reverse("organization")), Crumb(_("Change"))]
    context = {"form": form, "breadcrumbs": crumbs}
    return render(request, "console/organization_edit.html", context, status=422 if form.errors else 200)


@require_POST
@member_page
def project_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A new project."""
    form = ProjectForm(request.POST)
    if accepted(form, lambda: commands.create_project(desk.scope, desk.organization.id, form.cleaned_data["name"])):
        messages.success(request, _("The project is made."))
        return redirect("organization")
    return render(request, "console/organization.html", _page(desk, form), status=422)


@require_POST
@person_page
def switch(request: HttpRequest, desk: Desk) -> HttpResponse:  # noqa: ARG001
    """Work for another organization or project."""
    choose(request, request.POST.get("organization", ""), request.POST.get("project", ""))
    return redirect(wanted_next(request, "home"))


def _page(desk: Desk, form: ProjectForm) -> dict[str, Any]:
    row = desk.organization
    return {
        "organization": row,
        "segment": SEGMENT_LABELS.get(row.segment, row.segment),
        "projects": Table(
            [Column("name", _("Name")), Column("slug", _("Short name"), kind="code")], desk.projects, _("Projects")
        ),
        "form": form,
        "may_administer": desk.may(CAN_ADMINISTER),
    }
