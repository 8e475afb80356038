"""Alerts of a service with their rules, and the webhooks of the organization."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from souk.doors.console.desk import Desk
from souk.doors.console.forms import RuleForm, WebhookForm
from souk.doors.console.guards import member_page
from souk.doors.console.monitoring import around
from souk.doors.console.problems import tell
from souk.kernel.errors import Problem
from souk.monitoring.alerts import commands, queries
from souk.monitoring.alerts.words import RULES, UNITS, told
from souk.parties.access import CAN_ADMINISTER, CAN_OPERATE
from souk.provisioning.queries import service as find_service
from souk.ui.tables import Column, Table


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def service_alerts(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """What is beyond its threshold now and what was, and the thresholds, one form each."""
    row = find_service(desk.scope, service)
    rules = queries.rules(desk.scope, service)
    asked = request.POST.get("rule") if request.method == "POST" else None
    forms = {rule.rule: _form(rule, request.POST if rule.rule == asked else None) for rule in rules}
    form = forms.get(asked or "")
    if form is not None and form.is_valid():
        given = form.cleaned_data
        try:
            commands.set_rule(desk.scope, service, given["rule"], given["threshold"], enabled=given["enabled"])
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The rule is changed. It holds from the next minute on."))
            return redirect("service-alerts", service)
    found = queries.alerts(desk.scope, service)
    context = {
        **around(row, "service-alerts", _("Alerts")),
        "firing": _table([each for each in found if each.state == "firing"], _("Now")),
        "past": _table([each for each in found if each.state == "resolved"], _("Before")),
        "rules": [(RULES[rule.rule], told(rule.rule, rule.threshold), rule, forms[rule.rule]) for rule in rules],
        "may_operate": desk.may(CAN_OPERATE) and row.desired != "deleted",
    }
    faulty = any(each.errors for each in forms.values())
    return render(request, "console/service_alerts.html", context, status=422 if faulty else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def webhooks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The organization's webhooks; a new one's secret is shown in the answer that makes it, and never again."""
    form, fresh = WebhookForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            fresh = commands.add_webhook(desk.scope, desk.organization.id, form.cleaned_data["url"]).secret
        except Problem as problem:
            tell(form, problem)
        else:
            form = WebhookForm()
    context = {
        "form": form,
        "fresh": fresh,
        "webhooks": queries.webhooks(desk.scope, desk.organization.id),
        "deliveries": _deliveries(queries.deliveries(desk.scope, desk.organization.id)),
        "may_administer": desk.may(CAN_ADMINISTER),
    }
    response = render(request, "console/webhooks.html", context, status=422 if form.errors else 200)
    if fresh:
        response["Cache-Control"] = "no-store"
    return response


@require_POST
@member_page
def webhook_remove(request: HttpRequest, desk: Desk, webhook: UUID) -> HttpResponse:
    """Tell an address nothing any more."""
    commands.remove_webhook(desk.scope, webhook)
    messages.success(request, _("The webhook is removed."))
    return redirect("webhooks")


@require_POST
@member_page
def webhook_try(request: HttpRequest, desk: Desk, webhook: UUID) -> HttpResponse:
    """Send an address a message that is no alert."""
    commands.try_webhook(desk.scope, webhook)
    messages.info(request, _("A message is sent within a minute. What came of it is shown below."))
    return redirect("webhooks")


def _form(rule: queries.RuleRow, given: QueryDict | None) -> RuleForm:
    initial = {"rule": rule.rule, "threshold": rule.threshold, "enabled": rule.enabled}
    return RuleForm(given, initial=initial, auto_id=f"{rule.rule}-%s", unit=UNITS[rule.unit])


def _table(rows: list[queries.AlertRow], caption: str) -> Table:
    columns = [
        Column("rule", _("Alert"), cell=lambda row: RULES.get(row.rule, row.rule)),
        Column("value", _("Value"), cell=lambda row: told(row.rule, row.value)),
        Column("threshold", _("Threshold"), cell=lambda row: told(row.rule, row.threshold)),
        Column("since", _("Since"), kind="when"),
        Column("resolved_at", _("Resolved"), kind="when"),
    ]
    return Table(columns, rows, caption, empty_icon="bell", empty_text=_("There is no alert."))


def _deliveries(rows: list[queries.DeliveryRow]) -> Table:
    columns = [
        Column("created_at", _("When"), kind="when"),
        Column("event", _("Event"), kind="code"),
        Column("attempts", _("Attempts"), kind="number"),
        Column("delivered_at", _("Delivered"), kind="when"),
        Column("outcome", _("Last failure"), kind="code"),
    ]
    return Table(columns, rows, _("Deliveries"), empty_icon="send", empty_text=_("Nothing was sent yet."))
