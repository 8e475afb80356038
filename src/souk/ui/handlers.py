"""What a reader sees when a page can't be shown; named in the URL configuration as handler400 and so on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400: the request could not be read."""
    return _problem(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403: the reader's role does not allow this."""
    return _problem(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403: the form is too old or comes from elsewhere. For the setting `CSRF_FAILURE_VIEW`."""
    return render(request, "ui/csrf.html", {"status": 403}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404: there is nothing at this address for this reader."""
    return _problem(request, 404)


def server_error(_request: HttpRequest) -> HttpResponse:
    """500, in three languages at once and without the database: whatever broke may be needed for more."""
    return HttpResponse(render_to_string("500.html"), status=500)


def _problem(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, "ui/problem.html", {"status": status}, status=status)
