"""HTTP and WebSocket to one Incus server, over its Unix socket or HTTPS with a client certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
import msgspec

from souk.engines.contract import EngineError, EngineUnavailable
from souk.engines.incus.address import Https, UnixSocket
from souk.engines.incus.errors import translate
from souk.engines.incus.websocket import WebSocket
from souk.engines.incus.wire import Envelope, Operation

T = TypeVar("T")
_SUCCESS = 200
_RUNNING_BELOW = 200
_CONNECTIONS = 64
_ANSWER_WITHIN = 30.0
_CONNECT_WITHIN = 5.0


class Transport:
    """Requests of one project. Every failure is raised in the contract's words."""

    def __init__(self, address: UnixSocket | Https, project: str) -> None:
        self._address = address
        self._project = project
        limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
        self._http = httpx.Client(
            transport=address.transport(limits),
            base_url=address.base_url,
            timeout=httpx.Timeout(_ANSWER_WITHIN, connect=_CONNECT_WITHIN),
            trust_env=False,
        )

    def close(self) -> None:
        """End all idle connections."""
        self._http.close()

    def raw(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: Any = None,
        timeout: float = _ANSWER_WITHIN,
    ) -> httpx.Response:
        """Send one request; a status of 400 or more is raised."""
        if body is not None:
            content = msgspec.json.encode(body)
        try:
            response = self._http.request(
                method,
                path,
                params={"project": self._project, **(query or {})},
                headers=dict(headers or {}),
                content=content,
                timeout=httpx.Timeout(timeout, connect=_CONNECT_WITHIN),
            )
        except httpx.TransportError as error:
            raise EngineUnavailable(f"{method} {path}: {type(error).__name__} {error}") from error
        if response.status_code >= 400:
            raise self._refusal(response)
        return response

    def _refusal(self, response: httpx.Response) -> EngineError:
        try:
            sentence = msgspec.json.decode(response.content, type=Envelope).error
        except msgspec.DecodeError:
            sentence = response.text[:200]
        return translate(response.status_code, sentence or f"HTTP {response.status_code}")

    def get(self, path: str, kind: type[T], **query: str) -> T:
        """Read an object."""
        return self.read(self.raw("GET", path, query=query), kind)

    def read(self, response: httpx.Response, kind: type[T]) -> T:
        """The body of an answer, typed."""
        try:
            envelope = msgspec.json.decode(response.content, type=Envelope)
            if envelope.type == "error":
                # A failure known only after the status line was sent: a 200 that carries an error.
                raise translate(envelope.error_code, envelope.error)
            return msgspec.json.decode(envelope.metadata, type=kind)
        except msgspec.MsgspecError as error:
            raise EngineError(f"Incus answered something else than expected: {error}") from error

    def change(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: Any = None,
        timeout: float = 120.0,
    ) -> Operation | None:
        """Send a change and wait for the operation it starts, if any, up to `timeout` seconds."""
        operation = self.begin(method, path, body=body, query=query, headers=headers, content=content, timeout=timeout)
        return None if operation is None else self.wait(operation.id, timeout)

    def begin(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: Any = None,
        timeout: float = _ANSWER_WITHIN,
    ) -> Operation | None:
        """Send a change; return the operation it starts, if it starts one."""
        response = self.raw(method, path, body=body, query=query, headers=headers, content=content, timeout=timeout + 5)
        if response.status_code != httpx.codes.ACCEPTED:
            return None
        return self.read(response, Operation)

    def wait(self, operation: str, timeout: float) -> Operation:
        """Wait until an operation has ended well.

        Raises:
            EngineUnavailable: it goes on after `timeout` seconds.
            EngineError: it failed, in the contract's words.
        """
        path = f"/1.0/operations/{operation}/wait"
        response = self.raw("GET", path, query={"timeout": str(max(1, round(timeout)))}, timeout=timeout + 10)
        ended = self.read(response, Operation)
        if ended.status_code < _RUNNING_BELOW:
            raise EngineUnavailable(f"operation {operation} goes on after {timeout:.0f} s")
        if ended.status_code != _SUCCESS:
            raise translate(ended.status_code, ended.err or "the operation was cancelled")
        return ended

    def websocket(self, path: str) -> WebSocket:
        """Open a WebSocket. Use it as a context manager.

        Raises:
            EngineUnavailable: the server can't be reached or doesn't take it.
        """
        try:
            connected = self._address.dial(_CONNECT_WITHIN)
        except OSError as error:
            raise EngineUnavailable(f"WebSocket: {type(error).__name__} {error}") from error
        return WebSocket(connected, path)
