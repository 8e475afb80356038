"""What every request passes: an id, a measured time, and problems told in one shape."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from souk.kernel import scope
from souk.kernel.errors import Problem
from souk.settings.metrics import REQUESTS

Handler = Callable[[HttpRequest], HttpResponseBase]
log = structlog.get_logger("souk.web")
_quiet = logging.getLogger("souk.web")
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def fresh_request_id() -> str:
    """A name for a request. It must be unique, not unguessable: asking the system for randomness would cost a switch
    between threads.
    """
    return f"{random.getrandbits(128):032x}"


def observe(get_response: Handler) -> Handler:
    """Give the request an id (the client's own `X-Request-ID` if it is a sane one), count it and log it."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        identifier = given if _ID.fullmatch(given) else fresh_request_id()
        started = time.monotonic()
        with scope.request(identifier):
            response = get_response(request)
            seconds = time.monotonic() - started
            route = request.resolver_match.route if request.resolver_match else ""
            REQUESTS.labels(request.method or "", route, str(response.status_code)).observe(seconds)
            if _quiet.isEnabledFor(logging.DEBUG):
                log.debug("request", method=request.method, route=route, status=response.status_code, seconds=seconds)
        response["X-Request-ID"] = identifier
        return response

    return handle


def api_shortcut(get_response: Handler) -> Handler:
    """Answer `/api/` and `/osb/` without sessions, cookies and page furniture: tokens carry who asks."""
    from souk.settings.api import respond

    def handle(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(("/api/", "/osb/")):
            return respond(request)
        return get_response(request)

    return handle


def problems(get_response: Handler) -> Handler:
    """Show a problem raised by a page as a page, in the reader's language."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Problem):
            return None
        if request.headers.get("HX-Request"):
            # A part of a page shows the sentence as a message and keeps what it showed.
            told = {"type": f"urn:souk:problem:{error.code}", "status": error.status, "title": error.sentence}
            return JsonResponse(told, status=error.status, content_type="application/problem+json")
        return render(request, "ui/problem.html", {"problem": error, "status": error.status}, status=error.status)

    handle.process_exception = process_exception  # type: ignore[attr-defined]
    return handle
