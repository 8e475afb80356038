"""A person's API tokens: made, shown once, revoked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from souk.doors.console.desk import Desk
from souk.doors.console.forms import SCOPE_LABELS, TokenForm
from souk.doors.console.guards import person_page
from souk.doors.console.problems import tell
from souk.kernel.errors import Problem
from souk.parties import commands, queries
from souk.sites.queries import regions


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def tokens(request: HttpRequest, desk: Desk) -> HttpResponse:
    """My tokens; a new one is shown in the answer that makes it, and never again."""
    form, fresh = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            fresh = commands.create_token(desk.person, given["name"], given["scopes"], days=given["days"]).token
        except Problem as problem:
            tell(form, problem)
        else:
            form = TokenForm()
    context = {"form": form, "fresh": fresh, "tokens": _rows(desk), **_broker(request, desk)}
    response = render(request, "console/tokens.html", context, status=422 if form.errors else 200)
    if fresh:
        response["Cache-Control"] = "no-store"
    return response


@require_POST
@person_page
def token_revoke(request: HttpRequest, desk: Desk, token: UUID) -> HttpResponse:
    """Make a token worthless."""
    commands.revoke_token(desk.person, token)
    messages.success(request, _("The token is revoked."))
    return redirect("tokens")


def _rows(desk: Desk) -> list[dict[str, Any]]:
    return [
        {"row": row, "may": [SCOPE_LABELS.get(scope, scope) for scope in row.scopes]}
        for row in queries.tokens(desk.person)
    ]


def _broker(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """Where other platforms order by the Open Service Broker API, and as whom: one address for each region."""
    addresses = [(each.name, request.build_absolute_uri(f"/osb/public/{each.code}")) for each in regions()]
    return {"brokers": addresses, "projects": desk.projects if addresses else ()}
