"""What `configure` and `bind` share: files, waiting, the server's identities, and asking the server with a key."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import pwd
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

# Laid down beside this file.
from signing import signed_headers  # type: ignore[import-not-found]

FOLDER = "/etc/souk/objectstorage"
IDENTITIES = FOLDER + "/identities.json"
SERVICE = "souk-objectstorage.service"
PORT = 8333
PAUSE = 0.1

Document = Mapping[str, Any]
Status = int | str
"""An HTTP status, or the reason why there is none."""


class Failure(Exception):
    pass


def main(program: Callable[[Document, float], Document]) -> None:
    """Run a program with the JSON on standard input, one at a time; print its answer, or {"error": sentence}."""
    document = json.load(sys.stdin)
    deadline = time.monotonic() + document.get("timeout", 60)
    lock = os.open("/etc/souk/configure.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        sys.stdout.write(json.dumps(program(document, deadline)))
    except Failure as failure:
        sys.stdout.write(json.dumps({"error": str(failure)}))
        sys.exit(1)


def write(path: str, content: str) -> bool:
    """Replace a file atomically, readable by root and the server only. Returns whether it differed."""
    data = content.encode()
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return False
    except FileNotFoundError:
        pass
    descriptor = os.open(path + ".new", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o640)
    try:
        os.fchown(descriptor, 0, pwd.getpwnam("objectstorage").pw_gid)
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.rename(path + ".new", path)
    return True


def identify(name: str, secret: str, actions: Sequence[str]) -> bool:
    """Let the server know a key by this name. Returns whether that changed anything.

    A key without a secret opens nothing. It stays listed: the server goes on to accept one that is left out.
    """
    known = identities()
    known[name] = {
        "name": name,
        "credentials": [{"accessKey": name, "secretKey": secret}] if secret else [],
        "actions": list(actions) if secret else [],
    }
    return write(IDENTITIES, json.dumps({"identities": [known[key] for key in sorted(known)]}, indent=1) + "\n")


def identities() -> dict[str, dict[str, Any]]:
    try:
        with open(IDENTITIES, encoding="utf-8") as file:
            return {one["name"]: one for one in json.load(file)["identities"]}
    except FileNotFoundError:
        return {}


def ask(document: Document, method: str, path: str, name: str, secret: str) -> Status:
    """One signed request over TLS to the machine's own endpoint."""
    host = document["hostname"]
    trusted = ssl.create_default_context(cafile=FOLDER + "/ca.crt")
    headers = signed_headers(method, f"{host}:{PORT}", path, name, secret, datetime.now(UTC))
    try:
        plain = socket.create_connection((document["address"], PORT), timeout=5)
        with trusted.wrap_socket(plain, server_hostname=host) as encrypted:
            client = http.client.HTTPConnection(host, PORT)
            client.sock = encrypted
            client.request(method, path, headers=headers)
            return client.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return str(error)


def wait(deadline: float, what: str, answers: Callable[[], bool | Status]) -> None:
    """Wait until `answers` says True; what it says else is the complaint."""
    while (answer := answers()) is not True:
        if time.monotonic() > deadline:
            raise Failure(f"no {what} in time: {answer}")
        time.sleep(PAUSE)


def systemctl(*arguments: str, deadline: float) -> int:
    left = max(1.0, deadline - time.monotonic())
    try:
        return subprocess.run(["systemctl", *arguments], stdin=subprocess.DEVNULL, timeout=left).returncode
    except subprocess.TimeoutExpired:
        raise Failure("systemctl " + " ".join(arguments) + " takes too long") from None
