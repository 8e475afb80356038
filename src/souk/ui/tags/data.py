"""What is read: tables, pagination, statistics, timelines, charts, search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from souk.kernel.money import Money
from souk.ui import charts
from souk.ui import format as words
from souk.ui.parts import Event, Facet
from souk.ui.tables import Column, Page, Table
from souk.ui.tags import text

register = template.Library()

Text = str | Promise


@register.simple_tag
def data_table(table: Table) -> SafeString:
    """`{% data_table table %}`: rows and columns, each row a card on a phone; empty state and pages too."""
    heads = [
        {"column": column, "sort": _sort(column, table), "direction": _direction(column, table)}
        for column in table.columns
    ]
    rows = [
        {
            "id": table.row_id(row) if table.row_id else "",
            "cells": [(column, _cell(column, row)) for column in table.columns],
            "actions": table.actions(row) if table.actions else (),
        }
        for row in table.rows
    ]
    has_actions = table.actions is not None
    # What may have to be scrolled sideways must be reachable by keyboard: by a link in it, or by itself.
    reachable = has_actions or any(column.url or column.sort for column in table.columns)
    values = {"table": table, "heads": heads, "rows": rows, "has_actions": has_actions, "reachable": reachable}
    return SafeString(render_to_string("ui/components/table.html", values))


@register.simple_tag
def pagination(page: Page) -> SafeString:
    """`{% pagination page %}`: previous and next."""
    return SafeString(render_to_string("ui/components/pagination.html", {"page": page}))


@register.simple_tag
def stat(label: Text, value: Any, icon: str = "", hint: Text = "", tone: str = "", url: str = "") -> SafeString:
    """`{% stat label value icon="database" hint=… %}`: one figure; several in `<div class="sk-stats">`."""
    shown = words.money(value) if isinstance(value, Money) else _figure(value)
    values = {"label": label, "value": shown, "icon": icon, "hint": hint, "tone": tone, "url": url}
    return SafeString(render_to_string("ui/components/stat.html", values))


@register.simple_tag
def timeline(events: Sequence[Event]) -> SafeString:
    """`{% timeline events %}`: what happened, newest first as given."""
    return SafeString(render_to_string("ui/components/timeline.html", {"events": events}))


@register.simple_tag
def usage_chart(chart: charts.Chart, id: str) -> SafeString:
    """`{% usage_chart chart "disk" %}`: values over time, with the same figures as a table to unfold."""
    drawing = charts.draw(chart)
    ticks = [_amount(tick, chart.unit) for tick in drawing.ticks]
    marks = [
        {
            "mark": mark,
            "at": words.instant(mark.at, chart.style),
            "values": [(series, _amount(value, chart.unit)) for series, value in mark.values],
        }
        for mark in drawing.marks
    ]
    values = {"chart": chart, "drawing": drawing, "ticks": ticks, "marks": marks, "id": id}
    values["labels"] = [words.instant(at, chart.style) for at in drawing.instants]
    return SafeString(render_to_string("ui/components/chart.html", values))


@register.simple_tag
def search_box(
    name: str = "q", value: str = "", label: Text = "", facets: Sequence[Facet] = (), target: str = ""
) -> SafeString:
    """`{% search_box value=q label=… facets=facets target="#results" %}`: a GET form.

    With `target` (a selector on this page) results follow the typing.
    """
    values = {"name": name, "value": value, "label": label, "facets": facets, "target": target}
    return SafeString(render_to_string("ui/components/search.html", values))


def _sort(column: Column, table: Table) -> str:
    """The address that orders by this column, the other way round if it already does; empty if it can't."""
    if not column.sort:
        return ""
    query = QueryDict(table.query, mutable=True)
    for cursor in ("before", "after"):
        query.pop(cursor, None)
    query["sort"] = f"-{column.sort}" if table.order == column.sort else column.sort
    return f"?{query.urlencode()}"


def _direction(column: Column, table: Table) -> str:
    if not column.sort or table.order.lstrip("-") != column.sort:
        return ""
    return "descending" if table.order.startswith("-") else "ascending"


def _cell(column: Column, row: Any) -> Any:
    value = column.value(row)
    if column.url is not None:
        return format_html('<a href="{}">{}</a>', column.url(row), _shown(column, value))
    return _shown(column, value)


def _shown(column: Column, value: Any) -> Any:
    if value is None or value == "":
        return text.quantity(None)
    match column.kind:
        case "money":
            return text.money(value)
        case "size":
            return text.size(value)
        case "number":
            return text.quantity(value)
        case "status":
            return text.status(value, column.status)
        case "when" | "date" if isinstance(value, datetime):
            return text.when(value, "date" if column.kind == "date" else "datetime")
        case "code":
            return text.code(value)
        case _:
            return value


def _figure(value: Any) -> Any:
    return words.number(value) if isinstance(value, (int, float)) else value


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return "—"
    return words.size(value) if unit == "bytes" else words.quantity(value, unit)
