"""One service: its state, how to reach it, what it uses and what it costs."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from souk.billing.queries import cost_so_far
from souk.brokers.queries import produced
from souk.catalog.pricing import FrozenPrice
from souk.doors.console import charts, contents, keeping, live, monitoring, selling, stacks, versions, words
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page, operator_page
from souk.doors.console.operator.suspensions import ForgettingForm, SuspensionForm
from souk.doors.console.parameters import changeable
from souk.doors.console.services import size_of
from souk.kernel import clock
from souk.kernel.errors import NotFound, Problem
from souk.kernel.money import Money
from souk.kernel.scope import Scope
from souk.metering import queries as metering
from souk.monitoring import metrics
from souk.monitoring.queries import health
from souk.monitoring.updates import updates
from souk.ordering.queries import SubscriptionRow, subscription_of
from souk.parties.access import CAN_OPERATE, CAN_SEE_MONEY
from souk.provisioning import queries
from souk.provisioning import versions as reading
from souk.provisioning.addresses import reach
from souk.provisioning.contents import is_known
from souk.provisioning.contract import ADVANCED, Blueprint, Snippet
from souk.provisioning.credentials import reveal
from souk.provisioning.networks import attachment
from souk.provisioning.registry import blueprint, schema_of
from souk.sites.queries import regions
from souk.ui import format as values
from souk.ui.htmx import toast
from souk.ui.parts import Crumb
from souk.ui.schema_form import listed
from souk.ui.tables import Column, Table

PERIOD = timedelta(days=30)
LONGEST = 48
"""Characters of a parameter's value beside others."""


@dataclass(frozen=True)
class Reach:
    """How to connect, without the password."""

    fields: list[tuple[words.Text, str]]
    command: str
    uri: str
    pooled: str
    password: bool
    snippets: Sequence[Snippet]


@dataclass(frozen=True)
class FirstBoot:
    """What a machine was to do at its first boot: how far it is, in words."""

    word: words.Text
    bad: bool
    row: queries.FirstBootRow


@dataclass(frozen=True)
class Cost:
    """What a service has cost since its last invoice, and the price it was sold at."""

    so_far: Money | None
    month: Money
    price: FrozenPrice
    tiers: list[selling.TierRow]


@require_safe
@member_page
def service(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """A customer's service; the moving part is asked for again each second while it moves."""
    row, known = queries.service(desk.scope, service), reading.versions(desk.scope, service)
    context = {
        **_page(desk.scope, row, money=desk.may(CAN_SEE_MONEY)),
        "may_operate": desk.may(CAN_OPERATE) and row.desired != "deleted",
        "may_bind": blueprint(row.blueprint).binder is not None,
        "access": queries.access(desk.scope, service),
        "inside": attachment(desk.scope, service),
        "world": reach(desk.scope, service),
        "own_rules": blueprint(row.blueprint).own_rules,
        "may_set": bool(changeable(row)),
        "may_keep": blueprint(row.blueprint).keeper is not None,
        "kept": keeping.kept(blueprint(row.blueprint)),
        "may_zone": blueprint(row.blueprint).zones is not None,
        "may_publish": blueprint(row.blueprint).publisher is not None,
        "may_balance": blueprint(row.blueprint).balancer is not None,
        "may_snapshot": blueprint(row.blueprint).snapshots is not None,
        "may_back_up": blueprint(row.blueprint).archivist is not None,
        "tabs": monitoring.tabs(row, "service"),
        "ending": versions.ending(known),
        "updated_at": known.updated_at,
        "first_boot": _first_boot(desk.scope, service),
        "updates": updates(desk.scope, service),
        "silent": health(desk.scope, service).answers is False,
        "read_only": _read_only(desk.scope, row),
        "breadcrumbs": [Crumb(_("Services"), reverse("services")), Crumb(row.name)],
        "here": reverse("service", args=[service]),
    }
    part = bool(request.headers.get("HX-Request"))
    return render(request, "console/parts/service.html" if part else "console/service.html", context)


@require_safe
@operator_page
def operator_service(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Any customer's service as the operator sees it: without its credentials, with its machine and trouble."""
    scope = desk.operator
    row = queries.service(scope, service)
    context = {
        **_page(scope, row, money=True),
        "parts": stacks.table(stacks.parts(scope, row), "operator-service"),
        "may_operate": False,
        "for_operator": True,
        "machines": [each for each in queries.machines(scope) if each.instance_id == service],
        "customer": row.organization_id,
        "suspension_form": SuspensionForm(),
        "forgetting_form": ForgettingForm(),
        "breadcrumbs": [Crumb(_("Services"), reverse("operator-services")), Crumb(row.name)],
        "here": reverse("operator-service", args=[service]),
    }
    part = bool(request.headers.get("HX-Request"))
    return render(request, "console/parts/service.html" if part else "console/service.html", context)


@require_safe
@member_page
def service_authority(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:  # noqa: ARG001
    """The certificate of the authority that signs the service's own, for clients to trust."""
    found = queries.connection_of(desk.scope, service)
    response = HttpResponse(found.authority, content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="souk-ca.pem"'
    return response


@require_POST
@member_page
def service_credentials(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Show the password, once and for a minute. Every look is recorded."""
    found = reveal(desk.scope, service)
    context = {
        "password": found.password,
        "uri": found.connection.uri.replace("PASSWORD", found.password),
        "private": found.private.uri.replace("PASSWORD", found.password) if found.private else "",
        "service": queries.service(desk.scope, service),
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/revealed.html" if part else "console/service_credentials.html"
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return toast(response, _("This look at the password was recorded."), "info") if part else response


def _page(scope: Scope, row: queries.ServiceRow, *, money: bool) -> dict[str, Any]:
    operations, cancellable = queries.operations(scope, row.id), queries.cancellable(scope, row.id)
    now = clock.now()
    subscription = subscription_of(scope, row.part_of or row.id)
    parts = stacks.parts(scope, row)
    release = queries.release(scope, row.id)
    place = next((each.name for each in regions() if each.code == row.region_code), row.region_code)
    return {
        "service": row,
        "subscription": subscription,
        "size": size_of(row),
        "release": release,
        "brought": contents.brought(scope, release),
        "known_contents": is_known(scope, release.image),
        "produced": produced(scope, row.id, row.plan_id),
        "parts": stacks.table(parts, "service"),
        "stack": queries.service(scope, row.part_of) if row.part_of else None,
        "suspension": words.SUSPENSIONS.get(row.suspension, row.suspension),
        "beyond": words.ltr(values.size(row.extra_disk)),
        "grow_to": words.ltr(values.size(row.grow_to)) if row.grow_to else "",
        "lead": _("%(offering)s, plan %(plan)s, %(region)s")
        % {
            "offering": words.isolated(selling.called(scope, [subscription.order_id])[subscription.order_id]),
            "plan": words.isolated(subscription.plan_key.upper()),
            "region": words.isolated(place),
        },
        "parameters": _parameters(row),
        "region": place,
        "moving": live.moves(row),
        "progress": live.progress(row, operations, stacks.steps(parts)),
        "reach": _reach(scope, row),
        "cost": _cost(scope, row, subscription) if money and row.part_of is None else None,
        "members": [(each.number, words.DUTIES.get(each.duty, each.duty)) for each in queries.members(scope, row.id)],
        "spread": words.SPREADS.get(queries.spread(scope, row.id), ""),
        "operations": _operations(operations, blueprint(row.blueprint)),
        "waiting": [
            (each.id, keeping.called(blueprint(row.blueprint), each.kind))
            for each in operations
            if each.id in cancellable
        ],
        "charts": charts.usage(scope, row.id, now - PERIOD, now),
        "intervals": _intervals(metering.intervals(scope, row.id, now - PERIOD, now), now),
        "trouble": _(row.trouble) if row.trouble else "",
    }


def _read_only(scope: Scope, row: queries.ServiceRow) -> bool:
    """Whether nothing could be written when the service was last looked at, because its disk is full."""
    return row.desired == "running" and bool(metrics.last(scope, row.id, row.blueprint, "read_only"))


def _parameters(row: queries.ServiceRow) -> list[tuple[str, str]]:
    """What was chosen, under the names the blueprint gives it and in its order, without what is empty; of what most
    never choose, only what is not as usual.
    """
    rules = schema_of(row.blueprint, row.plan_id).get("properties", {})
    names = sorted(row.parameters, key=lambda name: list(rules).index(name) if name in rules else len(rules))
    return [
        (_(rules.get(name, {}).get("title", name)), _short(rules.get(name, {}), row.parameters[name]))
        for name in names
        if not listed(rules.get(name, {}))
        and row.parameters[name] not in ("", [], None)
        and not _usual(rules.get(name, {}), row.parameters[name])
    ]


def _usual(rule: Mapping[str, Any], value: object) -> bool:
    return bool(rule.get(ADVANCED)) and value == rule.get("default")


def _short(rule: Mapping[str, Any], value: object) -> str:
    """A value as it is shown beside others: of a long one its beginning and its end, of several lines the first."""
    if isinstance(value, list):
        return ", ".join(_short({}, each) for each in value)
    first, _newline, rest = selling.chosen(rule, value).partition("\n")
    if len(first) > LONGEST:
        return f"{first[: LONGEST // 2]}…{first[-LONGEST // 2 :]}"
    return f"{first} …" if rest.strip() else first


def _first_boot(scope: Scope, service: UUID) -> FirstBoot | None:
    found = queries.first_boot(scope, service)
    if found is None:
        return None
    return FirstBoot(words.FIRST_BOOTS[found.standing], found.standing in {"failed", "interrupted"}, found)


def _reach(scope: Scope, row: queries.ServiceRow) -> Reach | None:
    if row.hostname is None or row.desired in ("soft_deleted", "deleted"):
        return None
    try:
        found = queries.connection_of(scope, row.id)
    except Problem:
        return None
    fields = [(words.CONNECTION.get(name, name), value) for name, value in found.connection.fields.items()]
    fields += [(_("Own name"), urlsplit(each.uri).hostname or "") for each in found.own]
    if found.private is not None:
        fields += [
            (_("Host in the private network"), urlsplit(found.private.uri).hostname or ""),
            (_("Address in the private network"), found.private_address),
        ]
    if found.public is not None:
        fields += [
            (_("Public host"), urlsplit(found.public.uri).hostname or ""),
            (_("Public address"), found.public_address),
        ]
    connection, copied = found.connection, [*found.own, found.connection][0]
    snippets = [Snippet(words.ltr(each.language), each.text) for each in copied.snippets]
    return Reach(
        fields,
        shlex.join(connection.client),
        connection.uri,
        connection.pooled,
        connection.password,
        snippets,
    )


def _cost(scope: Scope, row: queries.ServiceRow, subscription: SubscriptionRow) -> Cost:
    price = FrozenPrice.from_json(subscription.price)
    try:
        so_far = cost_so_far(scope, row.id)
    except NotFound:
        so_far = None
    return Cost(
        so_far,
        Money.of(price.per_month, price.currency),
        price,
        selling.tiers(subscription.price["tiers"], price.currency),
    )


def _operations(rows: list[queries.OperationRow], of: Blueprint) -> Table:
    columns = [
        Column("kind", _("Operation"), cell=lambda row: _kind(row, of)),
        Column("state", _("State"), kind="status", status="operation"),
        Column("created_at", _("Asked for"), kind="when"),
        Column("took", _("Took"), cell=_took),
    ]
    return Table(columns, rows[:10], _("Operations"))


def _kind(row: queries.OperationRow, of: Blueprint) -> str:
    """An operation's kind, and why it failed."""
    kind = keeping.called(of, row.kind)
    if not row.trouble:
        return str(kind)
    return format_html('{}<br><span class="sk-muted sk-small">{}</span>', kind, row.why)


def _took(row: queries.OperationRow) -> str:
    return values.duration(row.finished_at - row.created_at) if row.finished_at else ""


def _intervals(rows: list[metering.UsageRow], now: datetime) -> Table:
    columns = [
        Column("meter", _("State"), cell=lambda row: words.METERS.get(row.meter, row.meter)),
        Column("since", _("From"), kind="when"),
        Column("until", _("Until"), cell=lambda row: values.instant(row.until) if row.until else _("now")),
        Column("lasted", _("For"), cell=lambda row: values.duration((row.until or now) - row.since)),
    ]
    return Table(columns, list(reversed(rows))[:10], _("Running and stopped"))
