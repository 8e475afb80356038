"""Whatever goes wrong is one sentence, and an exit status that scripts can read."""

from __future__ import annotations

import pytest


@pytest.mark.usefixtures("signed_in")
def test_a_server_that_does_not_answer_is_a_sentence(server, souk) -> None:
    server.silent = 1
    ran = souk("services")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "https://souk.example does not answer. Check the address and your network, then try again.\n"


@pytest.mark.usefixtures("signed_in")
def test_a_page_that_is_no_api_is_a_sentence(server, souk) -> None:
    server.says("GET", "/services", b"<html>", 200)
    ran = souk("services")
    assert ran.status == 1
    assert "not Souk" in ran.err


@pytest.mark.usefixtures("signed_in")
def test_an_internal_error_names_the_request(server, souk) -> None:
    server.refuses("GET", "/services", 500, "internal-error", "It can't answer.", request_id="abc-123")
    assert souk("services").err == "It can't answer. Request abc-123.\n"


@pytest.mark.usefixtures("signed_in")
def test_a_dead_token_says_to_sign_in(server, souk) -> None:
    server.refuses("GET", "/services", 401, "not-signed-in", "Sign in first.")
    assert "souk login" in souk("services").err


@pytest.mark.usefixtures("signed_in")
def test_faults_of_a_malformed_request_are_named(server, souk) -> None:
    server.refuses("GET", "/services", 422, "malformed", "Malformed.", faults=[{"field": "limit", "reason": "too big"}])
    assert souk("services").err == "Malformed. (limit: too big)\n"


def test_a_stranger_is_told_to_sign_in(souk) -> None:
    ran = souk("services")
    assert ran.status == 1
    assert "souk login https" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense",), "no such command"),
        (("services", "--nonsense"), "--nonsense"),
        (("order",), "OFFERING is missing"),
        (("order", "postgresql", "--plan", "s"), "--region is missing"),
    ],
)
def test_a_wrong_command_line_exits_with_2(souk, words: tuple[str, ...], said: str) -> None:
    ran = souk(*words)
    assert ran.status == 2
    assert said in ran.err


def test_help_needs_no_server(server, souk) -> None:
    ran = souk("--help")
    assert ran.status == 0
    assert "market" in ran.out
    assert not server.asked
