"""A customer's services: the list, and what may be done to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from souk.doors.console import live, selling, words
from souk.doors.console.asking import PAGE, cursor, cut
from souk.doors.console.desk import Desk
from souk.doors.console.forms import DeletionForm, RenameForm
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted, tell
from souk.doors.console.way import to_service
from souk.kernel.errors import Problem
from souk.kernel.scope import Scope
from souk.parties.access import CAN_OPERATE, CAN_ORDER
from souk.provisioning import commands, queries
from souk.provisioning.addresses import addresses
from souk.sites.queries import regions
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Page, Table
from souk.ui.tags.text import icon

Command = Callable[[Scope, UUID], object]
VERBS: dict[str, tuple[Command, words.Text]] = {
    "stop": (commands.stop_instance, gettext_lazy("The service is being stopped.")),
    "start": (commands.start_instance, gettext_lazy("The service is being started.")),
    "restart": (commands.restart_instance, gettext_lazy("The service is being restarted.")),
    "switchover": (commands.switch_over, gettext_lazy("Another machine will lead in a moment.")),
    "update": (commands.update_instance, gettext_lazy("The service is being updated.")),
    "recover": (commands.recover_instance, gettext_lazy("The service is coming back.")),
    "protect": (
        lambda scope, service: commands.protect_instance(scope, service, True),
        gettext_lazy("The service can't be deleted now."),
    ),
    "unprotect": (
        lambda scope, service: commands.protect_instance(scope, service, False),
        gettext_lazy("The service can be deleted again."),
    ),
}


@require_safe
@member_page
def services(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The organization's services, newest first; asked for again while one of them moves."""
    rows = queries.services(
        desk.scope,
        organization=desk.organization.id,
        project=desk.project.id if desk.project else None,
        after=cursor(request),
        limit=PAGE + 1,
    )
    shown, page = cut(request, rows)
    context = {
        "table": service_table(shown, desk, "service", page),
        "rows": shown,
        "project": desk.project,
        "moving": any(live.moves(row) for row in shown),
        "here": request.get_full_path(),
        "may_order": desk.may(CAN_ORDER),
    }
    part = bool(request.headers.get("HX-Request"))
    return render(request, "console/parts/services.html" if part else "console/services.html", context)


@require_POST
@member_page
def service_act(request: HttpRequest, desk: Desk, service: UUID, verb: str) -> HttpResponse:
    """What takes one press of a button: stop, start, restart, switch over, update, recover, protect."""
    command, sentence = VERBS[verb]
    command(desk.scope, service)
    messages.info(request, str(sentence))
    return redirect("service", service)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def service_delete(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Delete a service with its data, once its name was typed."""
    row = queries.service(desk.scope, service)
    recoverable = row.desired != "soft_deleted" and queries.keeps_for_grace(desk.scope, row)
    form = DeletionForm(row.name, request.POST or None, recoverable=recoverable)
    if request.method == "POST" and form.is_valid():
        keep = recoverable and not form.cleaned_data["erase"]
        command = commands.delete_instance if keep else commands.erase_instance
        try:
            command(desk.scope, service)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.info(request, _("The service is being deleted. From now on nothing is charged for it."))
            return redirect("service", service)
    context = {
        "service": row,
        "parts": [part.name for part in queries.parts(desk.scope, service) if part.deleted_at is None],
        "form": form,
        "held": ", ".join(
            each.address
            for each in addresses(desk.scope, organization=row.organization_id)
            if each.service_id == service
        ),
        "grace_days": settings.DELETION_GRACE.days if recoverable else 0,
        "may_operate": desk.may(CAN_OPERATE),
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Delete")),
        ],
    }
    return render(request, "console/service_delete.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def service_rename(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Call a service by another name."""
    row = queries.service(desk.scope, service)
    form = RenameForm(request.POST or None, initial={"name": row.name})
    if accepted(form, lambda: commands.rename_instance(desk.scope, service, form.cleaned_data["name"])):
        messages.success(request, _("The service has its new name."))
        return redirect("service", service)
    context = {
        "service": row,
        "form": form,
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Rename")),
        ],
    }
    return render(request, "console/service_rename.html", context, status=422 if form.errors else 200)


@require_POST
@member_page
def operation_cancel(request: HttpRequest, desk: Desk, service: UUID, operation: UUID) -> HttpResponse:
    """Take back an operation that has not begun, or has not changed the service yet."""
    commands.cancel_operation(desk.scope, operation)
    messages.info(request, _("The operation will not be done."))
    return redirect("service", service)


def service_table(rows: Sequence[queries.ServiceRow], desk: Desk, url_name: str, page: Page | None = None) -> Table:
    """Services as a table; names lead to their pages."""
    projects = {row.id: row.name for row in desk.projects}
    places = {region.code: region.name for region in regions()}
    scope = desk.operator if url_name == "operator-service" else desk.scope
    stacks = queries.names(scope, {row.part_of for row in rows if row.part_of is not None})
    columns = [
        Column(
            "name",
            _("Name"),
            cell=lambda row: _named(row, stacks),
            url=lambda row: reverse(url_name, args=[row.id]),
        ),
        Column("state", _("State"), kind="status"),
        Column("size", _("Size"), cell=size_of),
        Column("region_code", _("Region"), cell=lambda row: places.get(row.region_code, row.region_code)),
        Column("created_at", _("Created"), kind="date"),
    ]
    if len(projects) > 1:
        columns.insert(2, Column("project_id", _("Project"), cell=lambda row: projects.get(row.project_id, "")))
    return Table(columns, _grouped(rows), _("Services"), page=page, row_id=lambda row: f"s-{row.id}")


def _grouped(rows: Sequence[queries.ServiceRow]) -> list[queries.ServiceRow]:
    """The parts of a stack below it, in its own order."""
    here = {row.id for row in rows}
    wholes = [row for row in rows if row.part_of not in here]
    return [
        each
        for row in wholes
        for each in (row, *sorted((part for part in rows if part.part_of == row.id), key=lambda part: part.id))
    ]


def _named(row: queries.ServiceRow, stacks: Mapping[UUID, str]) -> str:
    named = format_html("{}<bdi>{}</bdi>", icon(selling.drawing(row.blueprint, ""), "me-2"), row.name)
    if row.part_of is None:
        return named
    said = _("part of %(stack)s") % {"stack": words.isolated(stacks.get(row.part_of, ""))}
    return format_html('{}<br><span class="sk-muted sk-small">{}</span>', named, said)


def size_of(row: queries.ServiceRow) -> str:
    """A service's size on one line: processors, memory, disk; nothing of what is on no machine."""
    return "" if row.plan_id is not None else words.size(row.vcpus, row.memory, row.disk, row.members)
