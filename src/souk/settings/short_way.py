"""The market place's listing on the shortest way: one statement, and no framework around it.

It is the page everybody asks for, and Django's and the API's machinery costs several times what its statement does.
Only the plain request goes this way: a GET of the listing with nothing but `limit` and `after`, no cookie, nothing
conditional. Every other request, and every failure, goes the long way, which knows all the answers. The headers of the
answer are learned from the long way, so both say the same.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.db import Error
from django.http import HttpRequest
from django.utils import translation

from souk.doors.rest.etags import etag
from souk.doors.rest.market import listing
from souk.doors.rest.pages import MOST
from souk.settings.metrics import REQUESTS
from souk.settings.middleware import fresh_request_id

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

ROUTE = "api/v1/marketplaces/<marketplace>/offerings"
_PATH = re.compile(r"/api/v1/marketplaces/([-a-z0-9_]{1,60})/offerings")
_QUERY = re.compile(r"(?:&?(?:limit=(?P<limit>[0-9]{1,3})|after=(?P<after>[0-9]{1,18})))*")
_UNUSUAL = ("HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_X_REQUEST_ID")
_OWN = frozenset({"content-length", "content-language", "etag", "x-request-id"})
_log = logging.getLogger("souk.web")


class ShortWay:
    """A WSGI application that answers plain listings itself and leaves everything else to `long`."""

    def __init__(self, long: Application) -> None:
        self._long = long
        self._learned: dict[str, Headers] = {}
        self._answered = REQUESTS.labels("GET", ROUTE, "200")

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or have it answered."""
        path = _PATH.fullmatch(environ["PATH_INFO"])
        if path is None:
            return self._long(environ, start_response)
        query = _QUERY.fullmatch(environ.get("QUERY_STRING", ""))
        if query is None or environ["REQUEST_METHOD"] != "GET" or any(key in environ for key in _UNUSUAL):
            return self._long(environ, start_response)
        limit = int(query["limit"] or 20)
        # Where TLS ends elsewhere, who came without it is sent away with other headers.
        headers = self._learned.get(protocol := environ.get("HTTP_X_FORWARDED_PROTO", ""))
        if not 1 <= limit <= MOST or headers is None or _log.isEnabledFor(logging.DEBUG):
            return self._long(environ, self._learning(protocol, start_response))
        started = time.monotonic()
        language = _language(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        try:
            body = listing(path[1], language[:2], after=int(query["after"] or 0), limit=limit)
        except Error:
            return self._long(environ, start_response)
        own = [
            ("Content-Length", str(len(body))),
            ("Content-Language", language),
            ("ETag", etag(body)),
            ("X-Request-ID", fresh_request_id()),
        ]
        start_response("200 OK", headers + own)
        self._answered.observe(time.monotonic() - started)
        return [body]

    def _learning(self, protocol: str, start_response: StartResponse) -> StartResponse:
        """A `start_response` that remembers the headers every answer of the long way has."""

        def start(status: str, headers: Headers, *more: Any) -> Any:
            if status.startswith("200 ") and protocol in {"", "http", "https"}:
                self._learned[protocol] = [header for header in headers if header[0].lower() not in _OWN]
            return start_response(status, headers, *more)

        return start


@lru_cache(maxsize=256)
def _language(accepted: str) -> str:
    """The language for an `Accept-Language`."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(request)
