"""Everything of every organization: orders, services, invoices, audit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from souk.billing import queries as billing
from souk.doors.console import live, words
from souk.doors.console.asking import PAGE, cursor, cut, identifier
from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.doors.console.invoices import invoice_table
from souk.doors.console.orders import order_table
from souk.doors.console.services import service_table
from souk.kernel import trail
from souk.kernel.scope import Scope
from souk.ordering import queries as ordering
from souk.parties import queries as parties
from souk.provisioning import queries as provisioning
from souk.provisioning.versions import by_version
from souk.ui.tables import Column, Page, Table


class AuditForm(forms.Form):
    """What to look for in the audit trail."""

    action = forms.CharField(label=gettext_lazy("Action begins with"), required=False, max_length=80)
    subject = forms.CharField(label=gettext_lazy("Subject's identifier"), required=False, max_length=36)
    organization = forms.CharField(label=gettext_lazy("Organization's identifier"), required=False, max_length=36)

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["action"].widget.attrs.update(placeholder="service.", dir="ltr", autocomplete="off")
        for name in ("subject", "organization"):
            self.fields[name].widget.attrs.update(dir="ltr", autocomplete="off")


@require_safe
@operator_page
def orders(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Orders of all organizations, newest first."""
    rows = ordering.orders(desk.operator, after=cursor(request), limit=PAGE + 1)
    shown, page = cut(request, rows)
    table = order_table(desk.operator, shown, page, "operator-order")
    return _list(request, _("Orders"), _with_customer(desk.operator, table))


@require_safe
@operator_page
def services(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Services of all organizations, newest first."""
    rows = provisioning.services(desk.operator, after=cursor(request), limit=PAGE + 1)
    shown, page = cut(request, rows)
    table = _with_customer(desk.operator, service_table(shown, desk, "operator-service", page))
    return _list(request, _("Services"), table, moving=any(live.moves(row) for row in shown))


@require_safe
@operator_page
def versions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How many services have which major version; the one that ends first leads."""
    columns = [
        Column("blueprint", _("Kind")),
        Column("version", _("Version"), cell=lambda row: format_html('<bdi dir="ltr">{}</bdi>', row.version)),
        Column("ends_on", _("Maintained by its makers until"), kind="date", cell=lambda row: words.day(row.ends_on)),
        Column("services", _("Services"), kind="number"),
    ]
    return _list(request, _("Versions"), Table(columns, by_version(desk.operator), _("Versions")))


@require_safe
@operator_page
def invoices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Invoices and credit notes of all organizations, newest first."""
    rows = billing.invoices(desk.operator, after=cursor(request), limit=PAGE + 1)
    shown, page = cut(request, rows)
    return _list(request, _("Invoices"), _with_customer(desk.operator, invoice_table(shown, page, "operator-invoice")))


@require_safe
@operator_page
def audit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The audit trail, searched."""
    form = AuditForm(request.GET or None)
    rows = trail.search(
        desk.operator,
        action=request.GET.get("action", "").strip()[:80],
        organization=identifier(request.GET.get("organization")),
        subject=identifier(request.GET.get("subject")),
        after=cursor(request),
        limit=PAGE + 1,
    )
    shown, page = cut(request, rows)
    context = {"form": form, "table": _trail(shown, page)}
    return render(request, "console/operator/audit.html", context)


def _list(request: HttpRequest, title: str, table: Table, *, moving: bool = False) -> HttpResponse:
    context = {"title": title, "table": table, "moving": moving, "here": request.get_full_path()}
    part = bool(request.headers.get("HX-Request"))
    return render(request, "console/operator/parts/list.html" if part else "console/operator/list.html", context)


def _with_customer(scope: Scope, table: Table) -> Table:
    """The same table with whose each row is."""
    names = {row.id: row.legal_name for row in parties.organizations(scope)} if table.rows else {}
    customer = Column(
        "organization_id",
        _("Customer"),
        cell=lambda row: format_html("<bdi>{}</bdi>", names.get(row.organization_id, "")),
        url=lambda row: reverse("operator-customer", args=[row.organization_id]),
    )
    columns = [table.columns[0], customer, *table.columns[1:]]
    return Table(columns, table.rows, table.caption, page=table.page, row_id=table.row_id)


def _trail(rows: Sequence[trail.TrailRow], page: Page) -> Table:
    who = [person for row in rows if (person := _person(row.actor)) is not None]
    names = parties.people(who) if who else {}

    def actor(row: trail.TrailRow) -> str:
        person = _person(row.actor)
        return format_html('<bdi class="sk-breaks">{}</bdi>', names.get(person, row.actor) if person else row.actor)

    columns = [
        Column(
            "action",
            _("Action"),
            cell=lambda row: format_html('<bdi dir="ltr" class="sk-breaks">{}</bdi>', row.action),
        ),
        Column("at", _("When"), kind="when"),
        Column("actor", _("Who"), cell=actor),
        Column("subject_id", _("Subject"), cell=_subject),
        Column("data", _("What"), cell=_data),
    ]
    return Table(columns, rows, _("Audit trail"), page=page, empty_text=_("Nothing was recorded that matches."))


def _person(actor: str) -> UUID | None:
    kind, _colon, rest = actor.partition(":")
    return identifier(rest) if kind in {"person", "operator"} else None


def _subject(row: trail.TrailRow) -> str:
    address = f"{reverse('operator-audit')}?subject={row.subject_id}"
    return format_html(
        '{} <a href="{}"><bdi dir="ltr">{}…</bdi></a>', row.subject_kind, address, str(row.subject_id)[-12:]
    )


def _data(row: trail.TrailRow) -> str:
    if not row.data:
        return ""
    parts = [f"{key}: {_plain(value)}" for key, value in row.data.items() if value not in ("", None)]
    return format_html('<bdi dir="ltr" class="sk-breaks">{}</bdi>', " · ".join(parts))


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
