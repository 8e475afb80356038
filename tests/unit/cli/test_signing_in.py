"""Signing in, staying signed in, and signing out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from souk.cli import profile

ME = {
    "id": "p1",
    "email": "salma@zellige.example",
    "full_name": "Salma",
    "language": "fr",
    "is_operator": False,
    "organizations": {"o1": "owner"},
}
LOGIN = ("login", "https://souk.example", "--email", "salma@zellige.example", "--password-stdin")


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("un-mot-de-passe-long\n"))


def test_a_token_is_kept_in_a_file_for_its_owner_only(server, souk, home: Path, password: None) -> None:
    server.says("POST", "/tokens", {"id": "t1", "token": "souk_abcd"}, 201)
    server.says("GET", "/me", ME)
    ran = souk(*LOGIN)
    kept = home / "souk" / "config.toml"
    assert ran.status == 0
    assert server.sent(0)["password"] == "un-mot-de-passe-long"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert profile.load() == profile.Profile("https://souk.example", "souk_abcd", "o1")


def test_the_password_is_shown_nowhere(server, souk, password: None) -> None:
    server.says("POST", "/tokens", {"id": "t1", "token": "souk_abcd"}, 201)
    server.says("GET", "/me", ME)
    ran = souk(*LOGIN)
    assert "un-mot-de-passe-long" not in ran.out + ran.err
    assert "souk_abcd" not in ran.out + ran.err


def test_a_wrong_password_is_said_in_one_sentence_and_nothing_is_kept(server, souk, home: Path, password: None) -> None:
    server.refuses("POST", "/tokens", 401, "wrong-credentials", "The e-mail address or the password is wrong.")
    ran = souk(*LOGIN)
    assert (ran.status, ran.err) == (1, "The e-mail address or the password is wrong.\n")
    assert not (home / "souk" / "config.toml").exists()


def test_a_password_never_travels_in_the_clear(server, souk, password: None) -> None:
    ran = souk("login", "--server", "http://souk.example", "--email", "a@b.example", "--password-stdin")
    assert ran.status == 1
    assert "https://" in ran.err
    assert not server.asked


def test_without_a_terminal_nobody_is_asked_for_a_password(server, souk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ran = souk("login", "https://souk.example", "--email", "a@b.example")
    assert ran.status == 1
    assert "--password-stdin" in ran.err


@pytest.mark.usefixtures("signed_in")
def test_signing_out_makes_the_token_worthless_and_forgets_it(server, souk) -> None:
    server.says(
        "GET",
        "/tokens",
        [{"id": "t0", "hint": "xxxx", "name": "souk@a"}, {"id": "t1", "hint": "cret", "name": "souk@a"}],
    )
    server.says("DELETE", "/tokens/t1", None, 204)
    assert souk("logout").status == 0
    assert server.paths() == ["GET /tokens", "DELETE /tokens/t1"]
    assert profile.load() == profile.Profile("https://souk.example")


@pytest.mark.usefixtures("signed_in")
def test_signing_out_works_though_the_server_is_gone(server, souk) -> None:
    server.silent = 5
    assert souk("logout").status == 0
    assert profile.load().token == ""


@pytest.mark.usefixtures("signed_in")
def test_the_environment_wins_over_the_profile(server, souk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUK_TOKEN", "souk_other")
    server.says("GET", "/me", ME)
    server.says("GET", "/organizations", [])
    souk("whoami")
    assert server.asked[0].headers["Authorization"] == "Bearer souk_other"


def test_a_damaged_profile_says_what_to_do(souk, home: Path) -> None:
    (home / "souk").mkdir()
    (home / "souk" / "config.toml").write_text("server = ")
    ran = souk("services")
    assert ran.status == 1
    assert "sign in again" in ran.err


def test_who_i_am_names_my_organizations(server, souk, signed_in: None) -> None:
    server.says("GET", "/me", ME)
    server.says("GET", "/organizations", [{"id": "o1", "legal_name": "Atelier Zellige SARL"}])
    assert "Atelier Zellige SARL (owner)" in souk("whoami").out
