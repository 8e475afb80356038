"""The API's own way through: resolve, answer, tell problems, without sessions or page furniture."""

from __future__ import annotations

from functools import lru_cache

import structlog
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from souk.doors.rest.api import problem_response
from souk.doors.rest.etags import etag
from souk.kernel.errors import NotFound, Unavailable

log = structlog.get_logger("souk.web")


@lru_cache(maxsize=1024)
def _resolve(path: str) -> ResolverMatch:
    return resolve(path, "souk.settings.api_urls")


@csrf_exempt
def respond(request: HttpRequest) -> HttpResponseBase:
    """Answer a request below `/api/`; a GET's answer carries an ETag and may be a 304. A stream says these itself."""
    language = translation.get_language_from_request(request)
    with translation.override(language):
        response = _answer(request)
    response["Content-Language"] = language
    response["Vary"] = "Accept-Language, Authorization"
    if not isinstance(response, HttpResponse):
        return response
    response = _conditional(request, response)
    # Its length said beforehand, an answer goes out whole instead of in chunks.
    response["Content-Length"] = str(len(response.content))
    return response


def _answer(request: HttpRequest) -> HttpResponseBase:
    try:
        match = _resolve(request.path_info)
    except Http404:
        problem = NotFound()
        return problem_response(404, problem.code, problem.sentence)
    request.resolver_match = match
    try:
        answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    except Exception:
        # The last line of defence: the caller gets a problem in the one shape, the log gets the trace.
        log.exception("request failed")
        return problem_response(500, "internal-error", Unavailable().sentence)
    return answer


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.method != "GET" or response.status_code != 200 or response.get("Cache-Control") == "no-store":
        return response
    tag = response.headers.get("ETag") or etag(response.content)
    response["ETag"] = tag
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
        answer["ETag"] = tag
        return answer
    return response
