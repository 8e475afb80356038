"""The people of an organization: roles, invitations, and joining by an invitation's link."""

from __future__ import annotations

import smtplib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from souk.doors.console.desk import Desk, choose
from souk.doors.console.guards import member_page, person_page
from souk.doors.console.problems import tell
from souk.kernel.errors import Problem
from souk.parties import commands, queries
from souk.parties.access import CAN_ADMINISTER
from souk.parties.forms import InvitationForm
from souk.parties.words import ROLE_LABELS


@require_safe
@member_page
def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Members with their roles, and open invitations."""
    return render(request, "console/people.html", _page(desk, InvitationForm()))


@require_POST
@member_page
def invite(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Invite somebody; the link is mailed, and shown this once for whoever wants to hand it over otherwise."""
    form, link, sent = InvitationForm(request.POST), "", False
    if form.is_valid():
        email, role = form.cleaned_data["email"], form.cleaned_data["role"]
        try:
            _id, token = commands.invite(desk.scope, desk.person, desk.organization.id, email, role)
        except Problem as problem:
            tell(form, problem)
        else:
            link = request.build_absolute_uri(reverse("invitation", args=[token]))
            sent = _mail(desk, email, link)
            form = InvitationForm()
    context = {**_page(desk, form), "link": link, "sent": sent}
    response = render(request, "console/people.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@member_page
def withdraw(request: HttpRequest, desk: Desk, invitation: UUID) -> HttpResponse:
    """Take an open invitation back."""
    commands.withdraw_invitation(desk.scope, desk.organization.id, invitation)
    messages.success(request, _("The invitation is withdrawn; its link no longer works."))
    return redirect("people")


@require_POST
@member_page
def change_role(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Give a member another role."""
    try:
        commands.change_role(desk.scope, desk.organization.id, person, request.POST.get("role", ""))
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, _("The role is changed."))
    return redirect("people")


@require_POST
@member_page
def remove_member(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Remove a member; who removes itself starts anew elsewhere."""
    try:
        commands.change_role(desk.scope, desk.organization.id, person, None)
    except Problem as problem:
        messages.error(request, problem.sentence)
        return redirect("people")
    messages.success(request, _("The member is removed."))
    return redirect("home" if person == desk.person else "people")


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def invitation(request: HttpRequest, desk: Desk, token: str) -> HttpResponse:
    """What an invitation's link leads to: who invites into what, and joining."""
    if request.method == "POST":
        joined = commands.accept_invitation(desk.person, token)
        choose(request, str(joined))
        messages.success(request, _("Welcome. You work for this organization now."))
        return redirect("home")
    found = queries.invitation(token)
    context = {"invitation": found, "role": ROLE_LABELS.get(found.role, found.role)}
    return render(request, "console/invitation.html", context)


def _page(desk: Desk, form: InvitationForm) -> dict[str, Any]:
    organization = desk.organization.id
    return {
        "members": [(row, ROLE_LABELS.get(row.role, row.role)) for row in queries.members(desk.scope, organization)],
        "invitations": [
            (row, ROLE_LABELS.get(row.role, row.role)) for row in queries.invitations(desk.scope, organization)
        ],
        "roles": list(ROLE_LABELS.items()),
        "me": desk.person,
        "form": form,
        "may_administer": desk.may(CAN_ADMINISTER),
    }


def _mail(desk: Desk, email: str, link: str) -> bool:
    """Send the link; whether the mail server took it."""
    organization = desk.organization.legal_name
    text = render_to_string("console/mail/invitation.txt", {"organization": organization, "link": link})
    subject = _("Invitation to %(organization)s") % {"organization": organization}
    try:
        return send_mail(" ".join(subject.split()), text, None, [email]) == 1
    except (OSError, smtplib.SMTPException):
        return False
