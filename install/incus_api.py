"""As much of Incus' REST API as the installer needs, over its Unix socket."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from install.failure import Failure

SOCKET = Path("/var/lib/incus/unix.socket")


class Refused(Failure):
    """Incus answered with an error; `code` is its HTTP status."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"Incus refused ({code}): {said}")
        self.code = code


class _Connection(http.client.HTTPConnection):
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(SOCKET))


def call(
    method: str,
    path: str,
    body: Any = None,
    *,
    project: str = "",
    full: bool = False,
    timeout: float = 600,
) -> Any:
    """Call Incus, wait for the operation if it starts one, and return the answer's metadata.

    `project` is a project's name, `*` for all of them, or nothing for Incus' default one; `full` asks a
    listing for objects rather than addresses.

    Raises:
        Refused: Incus answered with an error, or the operation failed.
        OSError: nothing listens on the socket.
    """
    query = {"recursion": "1"} if full else {}
    if project:
        query |= {"all-projects": "true"} if project == "*" else {"project": project}
    target = quote(path) + ("?" + urlencode(query) if query else "")
    connection = _Connection("incus", timeout=timeout)
    try:
        payload = None if body is None else json.dumps(body)
        connection.request(method, target, payload, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if answer["type"] == "error":
        raise Refused(answer["error_code"], answer["error"])
    if answer["type"] == "async":
        done = call("GET", answer["operation"].split("?")[0] + "/wait", timeout=timeout)
        if done["status_code"] != 200:
            raise Refused(done["status_code"], done["err"])
        return done
    return answer["metadata"]


def find(path: str, *, project: str = "") -> Any | None:
    """The object at `path`, or None where there is none."""
    try:
        return call("GET", path, project=project)
    except Refused as refusal:
        if refusal.code == 404:
            return None
        raise


def answers() -> bool:
    """Whether an Incus daemon serves the socket."""
    try:
        call("GET", "/1.0", timeout=10)
    except (OSError, http.client.HTTPException):
        return False
    return True
