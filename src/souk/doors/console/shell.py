"""What the frame around every page shows of the reader. Named by the setting `SOUK_SHELL`."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from souk.doors.console.desk import Desk, desk_of
from souk.parties.access import CAN_ADMINISTER
from souk.ui.navigation import Audience
from souk.ui.shell import OrganizationChoice, ProjectChoice, Shell


def shell(request: HttpRequest) -> Shell:
    """The reader's name, organizations and audiences; a visitor has none of them."""
    desk = desk_of(request) if hasattr(request, "user") and hasattr(request, "session") else None
    if desk is None or not request.user.is_authenticated:
        return Shell()
    user = request.user
    audiences = set()
    if desk.caller.is_operator:
        audiences.add(Audience.OPERATOR)
    if desk.chosen is not None or not audiences:
        audiences.add(Audience.BUYER)
    if desk.chosen is not None and desk.may(CAN_ADMINISTER):
        audiences.add(Audience.VENDOR)
    return Shell(
        name=user.full_name or user.email,
        email=user.email,
        audiences=frozenset(audiences),
        organizations=_organizations(desk),
        switch_url=reverse("switch"),
    )


def _organizations(desk: Desk) -> tuple[OrganizationChoice, ...]:
    chosen = desk.chosen
    return tuple(
        OrganizationChoice(
            str(row.id),
            row.legal_name,
            tuple(
                ProjectChoice(str(project.id), project.name, desk.project is not None and project.id == desk.project.id)
                for project in desk.projects
            )
            if chosen is not None and row.id == chosen.id and len(desk.projects) > 1
            else (),
            chosen is not None and row.id == chosen.id,
        )
        for row in desk.organizations
    )
