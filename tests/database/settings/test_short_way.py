"""The listing's shortest way says what the long way says, and leaves it whatever is not plain."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any
from unittest import mock

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections
from django.test.utils import CaptureQueriesContext

from souk.settings import short_way
from souk.settings.short_way import ShortWay

pytestmark = pytest.mark.django_db

LISTING = "/api/v1/marketplaces/public/offerings"


class Longing:
    """Django's handler, counting what is left to it."""

    def __init__(self) -> None:
        self.django = WSGIHandler()
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked += 1
        return self.django(environ, start_response)


@pytest.fixture
def long() -> Iterator[Longing]:
    """The test's transaction must outlive the request, as it does with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Longing()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(application: Any, path: str = LISTING, query: str = "", **environ: str) -> tuple[str, dict[str, str], bytes]:
    """Status, headers in lower case, and body of a request."""
    told: list[Any] = []
    request = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        **environ,
    }
    body = b"".join(application(request, lambda status, headers, *_: told.extend((status, headers))))
    return told[0], {key.lower(): value for key, value in told[1]}, body


@pytest.mark.parametrize("query", ["", "limit=1", "after=0&limit=20", "limit=20&after=999"])
@pytest.mark.parametrize("language", ["fr", "ar", "en-GB,en;q=0.8", "de", ""])
def test_both_ways_give_the_same_answer(long: Longing, query: str, language: str) -> None:
    application = ShortWay(long)
    ask(application)
    before = long.asked
    status, headers, body = ask(application, query=query, HTTP_ACCEPT_LANGUAGE=language)
    assert long.asked == before
    long_status, long_headers, long_body = ask(long, query=query, HTTP_ACCEPT_LANGUAGE=language)
    assert (status, body) == (long_status, long_body)
    assert headers.pop("x-request-id") != long_headers.pop("x-request-id")
    assert headers == long_headers


@pytest.mark.parametrize(
    "request_",
    [
        {"query": "q=exemple"},
        {"query": "category=databases"},
        {"query": "limit=0"},
        {"query": "limit=201"},
        {"query": "limit=x"},
        {"query": "after=-1"},
        {"path": LISTING + "/exemple"},
        {"path": "/api/v1/regions"},
        {"HTTP_COOKIE": "souk_language=ar"},
        {"HTTP_IF_NONE_MATCH": '"x"'},
        {"HTTP_X_REQUEST_ID": "the-clients-own"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "HEAD"},
    ],
)
def test_what_is_not_plain_goes_the_long_way(long: Longing, request_: dict[str, str]) -> None:
    application = ShortWay(long)
    ask(application)
    ask(application, **request_)
    assert long.asked == 2


def test_a_database_that_fails_is_the_long_ways_to_tell(long: Longing) -> None:
    application = ShortWay(long)
    ask(application)
    with mock.patch.object(short_way, "listing", side_effect=OperationalError("lost")):
        status, _, _ = ask(application)
    assert (status, long.asked) == ("200 OK", 2)


def test_the_short_way_is_one_statement(long: Longing) -> None:
    from django.db import connection

    application = ShortWay(long)
    ask(application)
    with CaptureQueriesContext(connection) as captured:
        ask(application)
    assert (len(captured), long.asked) == (1, 1)


def test_what_came_over_tls_is_not_answered_with_the_headers_of_what_did_not(long: Longing) -> None:
    application = ShortWay(long)
    ask(application, HTTP_X_FORWARDED_PROTO="https")
    ask(application)
    assert long.asked == 2
