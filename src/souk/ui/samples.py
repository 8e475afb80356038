"""Sample values for the gallery. They stand still, so that two pictures of it can be compared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from souk.kernel.money import Money
from souk.ui.charts import Chart, Series
from souk.ui.parts import Crumb, Event, Facet, LogLine, Offer, Plan, Step, Tab
from souk.ui.schema_form import SchemaForm, canonical
from souk.ui.tables import Action, Column, Page, Table

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
IDENTIFIER = "0195894e-7c30-7bb1-a2f4-2b9a6f3f51aa"
GIB = 1024**3

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["version", "databases"],
    "properties": {
        "version": {
            "type": "string",
            "title": gettext_noop("Version"),
            "enum": ["16", "17"],
            "default": "17",
        },
        "extensions": {
            "type": "array",
            "title": gettext_noop("Extensions"),
            "items": {"type": "string", "enum": ["pgcrypto", "postgis", "pg_trgm", "vector"]},
        },
        "databases": {
            "type": "array",
            "title": gettext_noop("Databases"),
            "description": gettext_noop("One name a line."),
            "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
            "minItems": 1,
        },
        "connections": {
            "type": "integer",
            "title": gettext_noop("Connections at most"),
            "minimum": 10,
            "maximum": 500,
            "default": 100,
        },
        "public": {"type": "boolean", "title": gettext_noop("Reachable from the Internet"), "default": False},
    },
}


@dataclass(frozen=True)
class ServiceRow:
    """A row of the sample table."""

    name: str
    state: str
    plan: str
    disk: int
    cost: Money
    created: datetime


ROWS = [
    ServiceRow("compta-production", "ready", "PostgreSQL s", 3 * GIB + GIB // 2, Money(24000, "MAD"), NOON),
    ServiceRow("essais", "provisioning", "PostgreSQL xs", 0, Money(0, "MAD"), NOON + timedelta(hours=2)),
    ServiceRow("archives-2025", "stopped", "PostgreSQL m", 41 * GIB, Money(9150, "MAD"), NOON - timedelta(days=90)),
    ServiceRow("site-vitrine", "failed", "PostgreSQL s", GIB // 3, Money(123450, "MAD"), NOON - timedelta(days=3)),
]


def console() -> dict[str, Any]:
    """Values of the console gallery."""
    return {
        "breadcrumbs": [Crumb(_("Services"), "#"), Crumb("compta-production")],
        "tabs": [
            Tab(_("Overview"), "#", current=True),
            Tab(_("Connection"), "#c"),
            Tab(_("Operations"), "#o", count=12),
            Tab(_("Backups"), "#b"),
        ],
        "table": _table(ROWS),
        "empty_table": _table([]),
        "states": (
            "pending",
            "provisioning",
            "ready",
            "updating",
            "stopped",
            "deleting",
            "deleted",
            "failed",
        ),
        "invoice_states": ("draft", "issued", "partly_paid", "paid", "overdue", "credited"),
        "order_states": ("submitted", "awaiting_approval", "accepted", "completed", "refused", "cancelled"),
        "chart": _disk(),
        "bars": _egress(),
        "nothing": Chart(_("Processor"), []),
        "events": _events(),
        "facets": [Facet("state", _("State"), [("", _("Any")), ("ready", _("Ready"))])],
        "cost": Money(-123450, "MAD"),
        "total": Money(1234500, "MAD"),
        "hour": Decimal("0.3356"),
        "noon": NOON,
        "identifier": IDENTIFIER,
        "host": "compta-production.pg.temara.souk.ma",
        "bytes": 3 * GIB + GIB // 2,
        "project": "Boulangerie Aït Souss",
        **progress(2),
    }


def form(data: Any) -> dict[str, Any]:
    """The schema's form, and the JSON it yields once posted."""
    schema_form = SchemaForm(SCHEMA, data)
    valid = data is not None and schema_form.is_valid()
    return {"form": schema_form, "plans": _plans(), "read": canonical(schema_form.values) if valid else ""}


def market() -> dict[str, Any]:
    """Values of the market place gallery."""
    return {"offers": _offers(), "plans": _plans(), "facets": [_category()]}


def progress(step: int) -> dict[str, Any]:
    """An operation `step` steps on its way; done from the fourth on."""
    labels = [
        _("Place reserved"),
        _("Machine created"),
        _("PostgreSQL started"),
        _("Certificate issued"),
        _("Ready"),
    ]
    states = ["done" if at < step else "current" if at == step else "todo" for at in range(len(labels))]
    lines = [LogLine(NOON + timedelta(seconds=3 * at), labels[at], "ok") for at in range(min(step, len(labels)))]
    details = [_("Temara, rack 2") if at == 0 else "" for at in range(len(labels))]
    return {
        "steps": [Step(*parts) for parts in zip(labels, states, details, strict=True)],
        "lines": [LogLine(NOON, _("The order was accepted.")), *lines],
        "moving": step < len(labels),
        "next_url": f"{reverse('components-progress')}?step={step + 1}",
    }


def price(plan: str) -> dict[str, Any]:
    """The chosen plan with its price."""
    return {"plan": next((each for each in _plans() if each.value == plan), None)}


def _table(rows: list[ServiceRow]) -> Table:
    return Table(
        columns=[
            Column("name", _("Name"), url=lambda row: f"#{row.name}", sort="name"),
            Column("state", _("State"), kind="status"),
            Column("plan", _("Plan")),
            Column("disk", _("Disk"), kind="size"),
            Column("cost", _("Cost this month"), kind="money", sort="cost"),
            Column("created", _("Created"), kind="date", sort="created"),
        ],
        rows=rows,
        caption=_("Services"),
        order="-created",
        page=Page(next="?after=x", total=41) if rows else None,
        empty_icon="database",
        empty_text=_("No service runs in this project yet."),
        actions=lambda row: [Action(_("Open %(name)s") % {"name": row.name}, f"#{row.name}")],
    )


def _disk() -> Chart:
    days = [NOON + timedelta(days=day) for day in range(30)]
    used = [(day, GIB * (2.1 + at * 0.055 + 0.25 * math.sin(at / 2.3))) for at, day in enumerate(days)]
    saved = [(day, GIB * (0.8 + at * 0.03)) for at, day in enumerate(days)]
    series = [Series(_("Data"), used, 1), Series(_("Backups"), saved, 2)]
    return Chart(_("Disk"), series, "bytes", description=_("Growing evenly over thirty days."))


def _egress() -> Chart:
    days = [NOON + timedelta(days=day) for day in range(14)]
    sent = [(day, GIB * abs(4 + 3 * math.sin(at))) for at, day in enumerate(days)]
    return Chart(_("Sent to the Internet"), [Series(_("Sent"), sent, 3)], "bytes", kind="bar")


def _events() -> list[Event]:
    return [
        Event(NOON, _("Plan changed from s to m"), _("No interruption."), "Salma El Idrissi", "settings", "ok"),
        Event(NOON - timedelta(hours=5), _("Credentials shown"), "", "Yassine Ouazzani", "eye", "warn"),
        Event(NOON - timedelta(days=2), _("Backup failed, tried again and done"), "", "", "archive", "bad"),
        Event(NOON - timedelta(days=9), _("Service created"), "", "Salma El Idrissi", "plus", "idle"),
    ]


def _plans() -> list[Plan]:
    def features(processors: int, memory: int, disk: int) -> list[str]:
        words = {"processors": processors, "memory": memory, "disk": disk}
        return [
            _("%(processors)s vCPU") % words,
            _("%(memory)s GiB memory") % words,
            _("%(disk)s GiB disk") % words,
        ]

    return [
        Plan("xs", "xs", Money(12000, "MAD"), Decimal("0.1644"), features=features(1, 1, 5)),
        Plan(
            "s",
            "s",
            Money(24000, "MAD"),
            Decimal("0.3288"),
            features=features(1, 2, 10),
            badge=_("Most chosen"),
        ),
        Plan("m", "m", Money(48000, "MAD"), Decimal("0.6575"), features=features(2, 4, 40)),
        Plan(
            "l",
            "l",
            Money(96000, "MAD"),
            Decimal("1.3151"),
            features=features(4, 8, 100),
            unavailable=_("No room in Temara at the moment."),
        ),
    ]


def _offers() -> list[Offer]:
    database, support = _("Database"), _("Support")
    return [
        Offer(
            "#postgresql",
            _("Managed PostgreSQL"),
            _("A database with backups, TLS and a stable name, ready in under a minute, kept in Morocco."),
            "database",
            "Souk",
            Money(12000, "MAD"),
            [database, "Témara"],
        ),
        Offer(
            "#storage",
            _("Object storage"),
            _("Files of any size over the S3 protocol, in two copies on separate power."),
            "archive",
            "Atlas Stockage",
            Money(4500, "MAD"),
            [_("Storage")],
        ),
        Offer(
            "#help",
            _("Migration by an engineer"),
            _("Someone moves your database with you, at an agreed hour, and stays until it runs."),
            "tools",
            "Coopérative Tafoukt",
            None,
            [support],
        ),
    ]


def _category() -> Facet:
    return Facet("category", _("Category"), [("", _("All")), ("database", _("Database")), ("support", _("Support"))])
