"""A server that answers what a test tells it to, and the program run against it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from souk.cli import language, profile
from souk.cli.main import run
from souk.cli.profile import Profile

SERVER = "https://souk.example"


@dataclass
class Server:
    """Answers by method and path; keeps what it was asked."""

    answers: dict[tuple[str, str], list[httpx.Response]] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)
    #: How many requests from now on find nobody at home.
    silent: int = 0

    def says(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> None:
        """Answer this from now on; said several times for one path, the answers come in turn, the last one stays."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        response = httpx.Response(status, content=content, headers=headers)
        self.answers.setdefault((method, path), []).append(response)

    def refuses(self, method: str, path: str, status: int, code: str, title: str, **more: Any) -> None:
        """Answer with a problem."""
        self.says(method, path, {"type": f"urn:souk:problem:{code}", "status": status, "title": title, **more}, status)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What httpx gets."""
        if self.silent:
            self.silent -= 1
            raise httpx.ConnectError("nobody is at home", request=request)
        self.asked.append(request)
        known = self.answers.get((request.method, request.url.path.removeprefix("/api/v1")))
        if not known:
            return httpx.Response(404, json={"type": "urn:souk:problem:not-found", "title": "There is no such thing."})
        chosen = known.pop(0) if len(known) > 1 else known[0]
        return httpx.Response(chosen.status_code, content=chosen.content, headers=chosen.headers)

    def sent(self, position: int = -1) -> Any:
        """The JSON of a request."""
        return json.loads(self.asked[position].content)

    def paths(self) -> list[str]:
        """Method and path of every request so far."""
        return [f"{request.method} {request.url.path.removeprefix('/api/v1')}" for request in self.asked]


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


Souk = Callable[..., Ran]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration of the test's own, and an environment that says nothing."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "SOUK_SERVER", "SOUK_TOKEN", "SOUK_ORGANIZATION"):
        monkeypatch.delenv(name, raising=False)
    language.install("en")
    return tmp_path


@pytest.fixture
def signed_in(home: Path) -> None:
    """A profile with a token."""
    profile.save(Profile(SERVER, "souk_secret", ""))


@pytest.fixture
def souk(server: Server, capsys: pytest.CaptureFixture[str]) -> Souk:
    """Runs a command line."""

    def go(*words: str) -> Ran:
        status = run(list(words), transport=httpx.MockTransport(server.answer))
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return go


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are not wrapped, wherever the tests run."""
    monkeypatch.setenv("COLUMNS", "160")
