"""The program, and somebody who uses it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from tests.support.world import valid_ice

from souk.cli.main import run

SERVER = "http://127.0.0.1:8000"
PASSWORD = "un-mot-de-passe-long"
Souk = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests run within the test's own transaction, so its connection must outlive them."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def souk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Souk:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "SOUK_SERVER", "SOUK_TOKEN", "SOUK_ORGANIZATION"):
        monkeypatch.delenv(name, raising=False)

    def go(*words: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        status = run(list(words), transport=httpx.WSGITransport(app=WSGIHandler()))
        said = capsys.readouterr()
        return status, said.out, said.err

    return go


@pytest.fixture
def customer(souk: Souk) -> Souk:
    """Somebody who signed up, signed in and registered a company, by this program."""
    email = "salma@zellige.example"
    who = ("--email", email, "--password-stdin")
    assert souk("signup", "--server", SERVER, "--name", "Salma", *who, stdin=PASSWORD)[0] == 0
    assert souk("login", *who, stdin=PASSWORD)[0] == 0
    company = ("--name", "Atelier Zellige SARL", "--segment", "tpme", "--ice", valid_ice(), "--city", "Salé")
    status, said, error = souk("organizations", "register", *company)
    assert (status, error) == (0, "")
    assert "Atelier Zellige SARL" in said
    return souk
