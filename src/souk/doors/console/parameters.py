"""What was chosen for a service, changed while it runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from souk.doors.console import meanwhile
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.way import to_service
from souk.provisioning import commands, queries
from souk.provisioning.contract import CHANGEABLE
from souk.provisioning.registry import schema_of
from souk.ui.parts import Crumb
from souk.ui.schema_form import SchemaForm, listed


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def settings(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """A form made of the parameters that may be changed."""
    row = queries.service(desk.scope, service)
    offered = changeable(row)
    asked = queries.asked_parameters(desk.scope, service)
    form = SchemaForm({"type": "object", "properties": offered}, request.POST or None, initial=asked)
    if meanwhile.accepted(
        form, asked, lambda seen: commands.change_parameters(desk.scope, service, form.values, seen=seen)
    ):
        messages.info(request, _("The settings are being changed."))
        return redirect("service", service)
    context = {
        "service": row,
        "form": form,
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Settings")),
        ],
    }
    return render(request, "console/service_settings.html", context, status=422 if form.errors else 200)


def changeable(row: queries.ServiceRow) -> dict[str, Any]:
    """The parameters of a service that may be changed while it runs, as a JSON Schema's properties, but for those that
    have pages of their own.
    """
    rules = schema_of(row.blueprint, row.plan_id).get("properties", {})
    return {name: rule for name, rule in rules.items() if rule.get(CHANGEABLE) and not listed(rule)}
