"""Stacks and what they are made of, as their pages and those of their parts show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from souk.doors.console import selling, words
from souk.kernel.scope import Scope
from souk.provisioning import queries
from souk.stacks import queries as stacks
from souk.ui.format import language
from souk.ui.parts import Step
from souk.ui.tables import Column, Table
from souk.ui.tags.text import icon

_FAILED, _DONE = frozenset({"failed"}), frozenset({"ready", "stopped", "suspended", "soft_deleted", "deleted"})


@dataclass(frozen=True)
class PartView:
    """A part: the service, and what it is sold as."""

    row: queries.ServiceRow
    kind: str
    plan: str


def parts(scope: Scope, row: queries.ServiceRow) -> list[PartView]:
    """What a stack is made of, in its own order; nothing of what is no stack."""
    if row.plan_id is None:
        return []
    sold = {each.name: each for each in stacks.parts(row.plan_id, language())}
    made = {each.part: each for each in queries.parts(scope, row.id)}
    return [PartView(made[name], each.offering_name, each.plan) for name, each in sold.items() if name in made]


def steps(found: Sequence[PartView]) -> list[Step]:
    """How far each part is, as the steps of what was asked of the stack."""
    return [Step(f"{part.kind} · {part.row.name}", _state(part.row)) for part in found]


def _state(row: queries.ServiceRow) -> str:
    if row.state in _FAILED:
        return "failed"
    return "done" if row.state in _DONE and row.observed_generation == row.generation else "current"


def table(found: Sequence[PartView], url_name: str) -> Table:
    """The parts; names lead to their pages."""
    columns = [
        Column(
            "name",
            _("Part"),
            cell=lambda part: format_html(
                "{}<bdi>{}</bdi>", icon(selling.drawing(part.row.blueprint, ""), "me-2"), part.row.name
            ),
            url=lambda part: reverse(url_name, args=[part.row.id]),
        ),
        Column("kind", _("Service"), cell=lambda part: words.isolated(f"{part.kind} · {part.plan.upper()}")),
        Column("state", _("State"), kind="status", cell=lambda part: part.row.state),
    ]
    return Table(columns, list(found), _("Parts"), row_id=lambda part: f"p-{part.row.id}")
