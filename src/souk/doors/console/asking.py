"""What a request asks for, read so that nonsense in an address does no harm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from souk.ui.tables import Page, neighbours

PAGE = 50


def identifier(text: str | None) -> UUID | None:
    """An identifier, or None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def cursor(request: HttpRequest) -> UUID | None:
    """The row after which a list goes on."""
    return identifier(request.GET.get("after"))


def cut(request: HttpRequest, rows: Sequence[Any]) -> tuple[Sequence[Any], Page]:
    """A page of rows that were asked for with `PAGE + 1`, and the way to the next one."""
    shown = rows[:PAGE]
    return shown, neighbours(request, None, str(shown[-1].id) if len(rows) > PAGE else None)


def wanted_next(request: HttpRequest, otherwise: str) -> str:
    """Where the reader wanted to go; never another site."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(given, allowed_hosts=None, require_https=request.is_secure()):
        return given
    return reverse(otherwise)
