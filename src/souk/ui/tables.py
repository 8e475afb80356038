"""Data tables: columns described once, rows from any dataclass, mapping or named tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Column:
    """One column. `key` names the row's attribute or item; `cell` overrides how it is shown.

    `kind` is text, strong, number, money, size, status, when, date, code, or link; for status, `status` is
    the kind of state; for link, `url` makes the address from the row. `sort` is the value of `?sort=` that
    orders by this column. The first column names the row: on a phone it becomes the card's title.
    """

    key: str
    label: Text
    kind: str = "text"
    status: str = "instance"
    url: Callable[[Any], str] | None = None
    cell: Callable[[Any], Any] | None = None
    sort: str | None = None

    @property
    def numeric(self) -> bool:
        """Whether values are aligned by their last digit."""
        return self.kind in {"number", "money", "size"}

    def value(self, row: Any) -> Any:
        """What this column shows of a row."""
        if self.cell is not None:
            return self.cell(row)
        return row.get(self.key) if isinstance(row, Mapping) else getattr(row, self.key)


@dataclass(frozen=True)
class Page:
    """Cursor pagination: addresses of the neighbouring pages, None where there is none."""

    previous: str | None = None
    next: str | None = None
    total: int | None = None


@dataclass(frozen=True)
class Table:
    """Everything `{% data_table table %}` needs. `caption` is read aloud; `show_caption` also shows it.

    `order` is the present `?sort=` value (a leading minus turns it round); `query` keeps other parameters.
    """

    columns: Sequence[Column]
    rows: Sequence[Any]
    caption: Text
    show_caption: bool = False
    order: str = ""
    query: str = ""
    page: Page | None = None
    row_id: Callable[[Any], str] | None = None
    empty_icon: str = "inbox"
    empty_text: Text = ""
    actions: Callable[[Any], Iterable[Action]] | None = None


@dataclass(frozen=True)
class Action:
    """A small link at the end of a row."""

    label: Text
    url: str
    icon: str = "chevron-right"
    attributes: Mapping[str, str] = field(default_factory=dict)


def neighbours(request: HttpRequest, before: str | None, after: str | None, total: int | None = None) -> Page:
    """The page links of a cursor listing: `?before=` and `?after=`, other parameters kept."""

    def address(name: str, cursor: str | None) -> str | None:
        if not cursor:
            return None
        query = request.GET.copy()
        query.pop("before", None)
        query.pop("after", None)
        query[name] = cursor
        return f"?{query.urlencode()}"

    return Page(address("before", before), address("after", after), total)
