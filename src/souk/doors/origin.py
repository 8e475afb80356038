"""Where a request comes from."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """The asker's address: as the proxy saw it, where one ends TLS for us, else the connection's own."""
    seen: str = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_TLS:
        # What a client itself writes there comes before what the proxy adds.
        return request.headers.get("X-Forwarded-For", seen).rpartition(",")[2].strip()
    return seen
