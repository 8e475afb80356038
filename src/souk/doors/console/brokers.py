"""A vendor's brokers: registered, looked at, compared, published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from souk.brokers import commands, queries
from souk.brokers.catalogs.changes import Change
from souk.doors.console import meanwhile, words
from souk.doors.console.broker_forms import AUTHS, BrokerForm, PublicationForm, UsageKeyForm
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted, tell
from souk.kernel.errors import Problem
from souk.parties.access import CAN_ADMINISTER
from souk.ui import format as values
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Table

CHANGES: dict[str, words.Text] = {
    "service_added": gettext_lazy("New service"),
    "service_removed": gettext_lazy("Service no longer offered: not sold any more, what runs stays"),
    "plan_added": gettext_lazy("New plan"),
    "plan_removed": gettext_lazy("Plan no longer offered: not sold any more, what runs stays"),
    "name": gettext_lazy("Name"),
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("Description"),
    "long": gettext_lazy("Long description"),
    "bullets": gettext_lazy("What it gives"),
    "costs": gettext_lazy("Suggested price"),
    "bindable": gettext_lazy("Whether it has credentials"),
    "plan_updateable": gettext_lazy("Whether its plan can be changed"),
    "maximum_polling_duration": gettext_lazy("How long it may take, in seconds"),
    "maintenance": gettext_lazy("Version"),
    "create": gettext_lazy("Settings of an order"),
    "update": gettext_lazy("Settings that can be changed"),
    "bind": gettext_lazy("Settings of credentials"),
}


@dataclass(frozen=True)
class Difference:
    """A change as it is shown: what, where, and what it was and is."""

    what: words.Text
    service: str
    plan: str
    before: str
    after: str


@require_safe
@member_page
def brokers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The organization's brokers."""
    rows = queries.brokers(desk.scope, organization=desk.organization.id)
    context = {"rows": rows, "table": table(rows, "broker"), "may_administer": desk.may(CAN_ADMINISTER)}
    return render(request, "console/brokers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def broker_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Register a broker."""
    form = BrokerForm(request.POST or None)
    made: list[UUID] = []
    if accepted(form, lambda: made.append(commands.register_broker(desk.scope, desk.organization.id, form.details()))):
        messages.success(request, _("The broker is registered, and looked at within seconds."))
        return redirect("broker", made[0])
    context = {"form": form, "breadcrumbs": [_home(), Crumb(_("New broker"))], "title": _("Register a service broker")}
    return render(request, "console/broker_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def broker_edit(request: HttpRequest, desk: Desk, broker: UUID) -> HttpResponse:
    """Describe a broker anew."""
    row = queries.broker(desk.scope, broker)
    initial = {name: getattr(row, name) for name in ("name", "url", "auth", "username", "authority")}
    form = BrokerForm(request.POST or None, initial=initial)
    form.fields["secret"].help_text = _("Left empty, it stays. With another address or user, give it again.")
    if meanwhile.accepted(
        form, row.described, lambda seen: commands.change_broker(desk.scope, broker, form.details(), seen=seen)
    ):
        messages.success(request, _("The broker is changed, and looked at within seconds."))
        return redirect("broker", broker)
    context = {
        "form": form,
        "title": _("Change a service broker"),
        "breadcrumbs": [_home(), Crumb(row.name, reverse("broker", args=[broker])), Crumb(_("Change"))],
    }
    return render(request, "console/broker_form.html", context, status=422 if form.errors else 200)


@require_safe
@member_page
def broker(request: HttpRequest, desk: Desk, broker: UUID) -> HttpResponse:
    """One broker: how it is, what is new, what is sold, how it does."""
    return _page(request, desk, broker)


@require_POST
@member_page
def broker_publish(request: HttpRequest, desk: Desk, broker: UUID) -> HttpResponse:
    """Publish what it offers."""
    proposed = queries.proposed(desk.scope, broker)
    if proposed is None:
        messages.info(request, _("There is nothing new to publish."))
        return redirect("broker", broker)
    form = PublicationForm(proposed, request.POST)
    if accepted(form, lambda: commands.publish(desk.scope, broker, form.publication())):
        messages.success(request, _("It is published, and sold once the operator has approved it."))
        return redirect("broker", broker)
    return _page(request, desk, broker, form)


@require_POST
@member_page
def broker_try(request: HttpRequest, desk: Desk, broker: UUID) -> HttpResponse:
    """Have it looked at now."""
    commands.try_broker(desk.scope, broker)
    messages.info(request, _("The broker is looked at within seconds. What was found is shown here."))
    return redirect("broker", broker)


@require_POST
@member_page
def broker_usage_key(request: HttpRequest, desk: Desk, broker: UUID) -> HttpResponse:
    """Say what usage reports are signed with; a secret is shown in the answer that makes it, and never again."""
    form = UsageKeyForm(request.POST)
    secret = ""
    if form.is_valid():
        try:
            secret = commands.register_usage_key(desk.scope, broker, form.cleaned_data["key"])
        except Problem as problem:
            tell(form, problem)
        else:
            if not secret:
                messages.success(request, _("Usage reports are signed with this key from now on."))
                return redirect("broker", broker)
    response = _page(request, desk, broker, key_form=form, secret=secret)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@member_page
def broker_remove(request: HttpRequest, desk: Desk, broker: UUID) -> HttpResponse:
    """Forget it."""
    try:
        commands.remove_broker(desk.scope, broker)
    except Problem as problem:
        messages.error(request, problem.sentence)
        return redirect("broker", broker)
    messages.success(request, _("The broker is removed."))
    return redirect("brokers")


def table(rows: Sequence[queries.BrokerRow], url_name: str) -> Table:
    """Brokers as a table; names lead to their pages."""
    columns = [
        Column("name", _("Name"), kind="strong", url=lambda row: reverse(url_name, args=[row.id])),
        Column("state", _("State"), kind="status", status="broker"),
        Column("url", _("Address"), kind="code"),
        Column("answered_at", _("Last answered"), kind="when"),
    ]
    return Table(columns, rows, _("Service brokers"))


def shown(scope: Any, broker: UUID) -> dict[str, Any]:
    """What a broker's page shows to its vendor and to the operator."""
    row, proposed = queries.broker(scope, broker), queries.proposed(scope, broker)
    return {
        "broker": row,
        "auth": AUTHS.get(row.auth, row.auth),
        "proposed": proposed,
        "differences": [difference(each) for each in proposed.changes] if proposed else [],
        "sold": _sold(queries.sold(scope, broker)),
        "measured": measures(queries.measured(scope, broker)),
    }


def measures(row: queries.MeasuredRow) -> list[tuple[words.Text, str]]:
    """What was measured, in words; nothing before there is anything."""
    found: list[tuple[words.Text, str]] = []
    if row.availability is not None:
        found.append((_("Answered, of all looks in 30 days"), _percent(row.availability)))
    if row.milliseconds is not None:
        found.append((_("Took to answer"), f"{values.number(row.milliseconds)}\u00a0ms"))
    if row.success is not None:
        found.append((_("Orders that were made"), _percent(row.success)))
    if row.seconds is not None:
        found.append((_("Half of them within"), values.duration(row.seconds)))
    return [(label, words.ltr(value)) for label, value in found]


def difference(change: Change) -> Difference:
    """A change in words."""
    what = CHANGES.get(change.kind, change.kind)
    return Difference(what, change.service, change.plan, _value(change.before), _value(change.after))


def _page(
    request: HttpRequest,
    desk: Desk,
    broker: UUID,
    form: PublicationForm | None = None,
    *,
    key_form: UsageKeyForm | None = None,
    secret: str = "",
) -> HttpResponse:
    context = shown(desk.scope, broker)
    proposed = context["proposed"]
    context |= {
        "form": form or (PublicationForm(proposed) if proposed else None),
        "key_form": key_form or UsageKeyForm(),
        "secret": secret,
        "may_administer": desk.may(CAN_ADMINISTER),
        "moving": context["broker"].state == "waiting",
        "breadcrumbs": [_home(), Crumb(context["broker"].name)],
    }
    faulty = (form is not None and form.errors) or (key_form is not None and key_form.errors)
    return render(request, "console/broker.html", context, status=422 if faulty else 200)


def _home() -> Crumb:
    return Crumb(_("Service brokers"), reverse("brokers"))


def _sold(rows: Sequence[queries.SoldRow]) -> Table:
    columns = [
        Column("plan", _("Plan"), kind="strong"),
        Column("offering", _("Offering"), kind="code"),
        Column("state", _("State"), kind="status", status="offering"),
        Column("withdrawn_at", _("Withdrawn"), kind="when"),
    ]
    return Table(columns, rows, _("What is sold"), empty_icon="tag", empty_text=_("Nothing is sold yet."))


def _percent(share: float) -> str:
    return f"{values.number(round(share * 100, 2))}\u00a0%"


def _value(value: Any) -> str:
    """A value of a catalog on one line."""
    match value:
        case None:
            return ""
        case bool():
            return _("Yes") if value else _("No")
        case {"properties": dict() as properties}:
            return ", ".join(properties) or "—"
        case [{"amount": _amount}, *_rest]:
            return ", ".join(
                f"{amount} {currency} / {cost['unit']}" for cost in value for currency, amount in cost["amount"].items()
            )
        case list():
            return ", ".join(map(str, value))
    return str(value)
