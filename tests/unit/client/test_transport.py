"""What the client does with a network that breaks and a server that refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from souk.client import Client, Foreign, Refused, Unreachable

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.client.transport.time.sleep", lambda _: None)


def _client(answer: Answer) -> Client:
    return Client("https://souk.example", "souk_secret", "fr", transport=httpx.MockTransport(answer))


def test_who_asks_and_in_which_language_is_told() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer souk_secret"
        assert request.headers["Accept-Language"] == "fr"
        return httpx.Response(200, json={"email": "salma@zellige.example"})

    with _client(answer) as client:
        assert client.me()["email"] == "salma@zellige.example"


def test_pages_are_followed_to_the_end() -> None:
    pages = {None: {"items": [{"id": "a"}], "next": "a"}, "a": {"items": [{"id": "b"}], "next": None}}

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.params["limit"] == "1"
        return httpx.Response(200, json=pages[request.url.params.get("after")])

    assert [row["id"] for row in _client(answer).list_services(limit=1)] == ["a", "b"]


def test_a_change_with_a_key_is_sent_again_and_one_without_is_not() -> None:
    asked: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Idempotency-Key"))
        if len(asked) < 3:
            raise httpx.ConnectError("gone", request=request)
        return httpx.Response(201, json={"id": "order1"})

    order = {"offering": "postgresql", "plan": "s", "region": "ma-temara", "name": "compta"}
    assert _client(answer).place_order(order, key="once") == {"id": "order1"}
    assert asked == ["once"] * 3
    asked.clear()
    with pytest.raises(Unreachable, match=r"souk\.example"):
        _client(answer).place_order(order)
    assert asked == [None]


def test_whatever_a_name_is_made_of_it_stays_one_part_of_the_path() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.raw_path == b"/api/v1/services/s1/bindings/a%2Fb%3Fc"
        return httpx.Response(202, json={"operation": "o1"})

    _client(answer).revoke_binding("s1", "a/b?c")


def test_a_problem_is_an_exception_with_all_that_was_said() -> None:
    body = {"type": "urn:souk:problem:out-of-capacity", "title": "Il n'y a plus de place.", "status": 409}
    with pytest.raises(Refused, match="plus de place") as refused:
        _client(lambda _: httpx.Response(409, json=body)).get_service("s1")
    assert (refused.value.type, refused.value.status, refused.value.problem) == ("out-of-capacity", 409, body)


def test_a_page_of_something_else_is_not_taken_for_an_answer() -> None:
    with pytest.raises(Foreign):
        _client(lambda _: httpx.Response(200, text="<html>")).me()


def test_a_large_file_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    target = tmp_path / "export.sql.gz"
    target.write_bytes(b"abc")

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.headers["Range"], request.headers["If-Range"]) == ("bytes=3-", '"tag"')
        return httpx.Response(206, stream=httpx.ByteStream(b"def"))

    _client(answer).download_export("s1", "e1", target, '"tag"')
    assert target.read_bytes() == b"abcdef"
