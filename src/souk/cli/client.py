"""Souk's REST API over httpx: JSON in and out, problems as exceptions, lists followed to their end."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from souk import __version__
from souk.cli.errors import Refused, Unreachable
from souk.cli.language import _

BASE = "/api/v1"
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Download:
    """A file the server gave: its content and the name it wants."""

    content: bytes
    name: str


class Client:
    """A connection to one server, as one person. Close it, or use it in a `with`."""

    def __init__(
        self,
        server: str,
        token: str = "",
        language: str = "en",
        *,
        transport: httpx.BaseTransport | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
    ) -> None:
        self.server = server.rstrip("/")
        self._http = httpx.Client(
            base_url=self.server + BASE,
            headers={"Accept-Language": language, "User-Agent": f"souk/{__version__}", **(headers or {})},
            timeout=timeout,
            transport=transport,
            # A proxy of the environment is for the world outside, not for this machine.
            trust_env=urlsplit(server).hostname not in _LOOPBACK,
        )
        self.sign(token)

    def sign(self, token: str) -> None:
        """Speak as the token's person from now on; as a visitor without one."""
        self._http.headers.pop("Authorization", None)
        if token:
            self._http.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at a path; parameters that are None are left out.

        Raises:
            Unreachable, Refused.
        """
        return _json(self._send("GET", path, query={key: value for key, value in query.items() if value is not None}))

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, key: str | None = None) -> Any:
        """Send a change; with an idempotency `key` it is sent again if the connection breaks, and happens once.

        Raises:
            Unreachable, Refused.
        """
        headers = {"Idempotency-Key": key} if key else {}
        return _json(self._send("POST", path, body=body, headers=headers, attempts=3 if key else 1))

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Replace what is at a path."""
        return _json(self._send("PUT", path, body=body))

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change a part of what is at a path."""
        return _json(self._send("PATCH", path, body=body))

    def delete(self, path: str) -> Any:
        """Delete what is at a path."""
        return _json(self._send("DELETE", path))

    def items(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list that comes in pages."""
        after: str | int | None = None
        while True:
            page = self.get(path, after=after, limit=100, **query)
            yield from page["items"]
            after = page["next"]
            if after is None or not page["items"]:
                return

    def download(self, path: str, *, patience: float = 60.0) -> Download:
        """A file, waited for while the server is still writing it (503).

        Raises:
            Unreachable, Refused.
        """
        deadline = time.monotonic() + patience
        while True:
            try:
                response = self._send("GET", path)
            except Refused as refused:
                if refused.status != 503 or time.monotonic() > deadline:
                    raise
                time.sleep(0.3)
                continue
            disposition = response.headers.get("Content-Disposition", "")
            return Download(response.content, disposition.partition('filename="')[2].rstrip('"'))

    def save(self, path: str, target: Path, tag: str, *, attempts: int = 5) -> None:
        """Write a large file to `target`, beginning after what is there of it if it is still the one with this `tag`.
        A connection that breaks is taken up where it broke.

        Raises:
            Unreachable, Refused.
        """
        for attempt in range(1, attempts + 1):
            there = target.stat().st_size if target.exists() else 0
            told = {"Range": f"bytes={there}-", "If-Range": tag} if there else {}
            try:
                with self._http.stream("GET", path, headers=told) as response:
                    if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                        return
                    if not response.is_success:
                        response.read()
                        raise Refused(response.status_code, _problem(response))
                    with target.open("ab" if response.status_code == httpx.codes.PARTIAL_CONTENT else "wb") as file:
                        for chunk in response.iter_raw():
                            file.write(chunk)
                return
            except httpx.TransportError as error:
                if attempt == attempts:
                    raise Unreachable(self.server) from error
                time.sleep(0.5 * attempt)

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        attempts: int = 1,
    ) -> httpx.Response:
        for attempt in range(1, attempts + 1):
            try:
                response = self._http.request(method, path, params=query, json=body, headers=headers)
                break
            except (httpx.TransportError, httpx.InvalidURL) as error:
                if attempt == attempts:
                    raise Unreachable(self.server) from error
                time.sleep(0.5 * attempt)
        if response.is_success:
            return response
        raise Refused(response.status_code, _problem(response))


def _json(response: httpx.Response) -> Any:
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError as error:
        raise Refused(response.status_code, _foreign()) from error


def _problem(response: httpx.Response) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        problem = response.json()
        if isinstance(problem, dict):
            return problem
    return _foreign() if response.status_code < 500 else {}


def _foreign() -> dict[str, Any]:
    return {"title": _("What answers there is not Souk. Check the server's address.")}
