"""Souk's REST API over httpx: JSON in and out, problems as exceptions, lists followed to their end."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from souk import __version__
from souk.client.errors import Foreign, Refused, Unreachable

BASE = "/api/v1"
ATTEMPTS = 3
"""How often a change with an idempotency key is sent before its server counts as unreachable."""
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Download:
    """A file the server gave: its content and the name it wants."""

    content: bytes
    name: str


def path(*parts: str) -> str:
    """A path of these parts, whatever they are made of."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


class Transport:
    """A connection to one server, as one person. Close it, or use it in a `with`.

    `server` is the address as in a browser; `language` (fr, ar or en) is that of the server's sentences. `transport`
    stands in for the network in tests; `timeout` is of one answer, `patience` how long to wait for a file that the
    server is still writing, both in seconds. `etag` is that of the last answer, which an `If-Match` refers to.
    """

    def __init__(
        self,
        server: str,
        token: str = "",
        language: str = "en",
        *,
        transport: httpx.BaseTransport | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        patience: float = 60.0,
    ) -> None:
        self.patience = patience
        self.etag = ""
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Any:
        """The JSON that is answered. What of `query` and `headers` is None is left out; with an idempotency `key` it is
        sent again if the connection breaks, and happens once.

        Raises:
            Unreachable, Refused, Foreign.
        """
        told = {"Idempotency-Key": key, **(headers or {})}
        response = self._send(method, path, query=query, body=body, headers=told, attempts=ATTEMPTS if key else 1)
        self.etag = response.headers.get("ETag", "")
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise Foreign(response.status_code) from error

    def _rows(self, path: str, limit: int, query: Mapping[str, Any]) -> Iterator[Any]:
        """Every row of a list that comes in pages of `limit`, each asked for when it is needed."""
        after: str | int | None = None
        while True:
            page = self._call("GET", path, query={"after": after, "limit": limit, **query})
            yield from page["items"]
            after = page["next"]
            if after is None or not page["items"]:
                return

    def _file(self, path: str, query: Mapping[str, Any] | None = None) -> Download:
        """A file, waited for while the server is still writing it (503).

        Raises:
            Unreachable, Refused, Foreign.
        """
        deadline = time.monotonic() + self.patience
        while True:
            try:
                response = self._send("GET", path, query=query)
            except Refused as refused:
                if refused.status != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                    raise
                time.sleep(0.3)
                continue
            disposition = response.headers.get("Content-Disposition", "")
            return Download(response.content, disposition.partition('filename="')[2].rstrip('"'))

    def _save(self, path: str, target: Path, tag: str, *, attempts: int = 5) -> None:
        """Write a large file to `target`, beginning after what is there of it if it is still the one with this `tag`.
        A connection that breaks is taken up where it broke.

        Raises:
            Unreachable, Refused, Foreign.
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
                        raise _refusal(response)
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
        headers: Mapping[str, str | None] | None = None,
        attempts: int = 1,
    ) -> httpx.Response:
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        told = {name: value for name, value in (headers or {}).items() if value is not None}
        for attempt in range(1, attempts + 1):
            try:
                response = self._http.request(method, path, params=asked, json=body, headers=told)
                break
            except (httpx.TransportError, httpx.InvalidURL) as error:
                if attempt == attempts:
                    raise Unreachable(self.server) from error
                time.sleep(0.5 * attempt)
        if response.is_success:
            return response
        raise _refusal(response)


def _refusal(response: httpx.Response) -> Refused | Foreign:
    with contextlib.suppress(ValueError):
        problem = response.json()
        if isinstance(problem, dict):
            return Refused(response.status_code, problem)
    return Foreign(response.status_code) if response.status_code < 500 else Refused(response.status_code, {})
