"""What monitoring reads: whether this process can serve, and what it counted."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from souk.doors.rest.api import problem_response
from souk.doors.rest.auth import bearer
from souk.kernel.errors import NotFound, Problem
from souk.settings.metrics import observe_platform


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503; the body names each part."""
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) filter (where not engine_available), count(*) from sites_site")
            lost, sites = cursor.fetchone()
        database = True
    except DatabaseError:
        database, lost, sites = False, 0, 0
    body = {
        "status": "ok" if database and not lost else "degraded",
        "database": database,
        "sites": sites,
        "sites_without_engine": lost,
    }
    return JsonResponse(body, status=200 if database else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for an operator's bearer token: the platform's state, and this process's own counts."""
    try:
        if not bearer(request).is_operator:
            raise NotFound
    except Problem as problem:
        return problem_response(problem.status, problem.code, problem.sentence)
    observe_platform()
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
