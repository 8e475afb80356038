"""What `configure` and `bind` share: its files, the server's identities, and asking the server with a key."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import machine  # type: ignore[import-not-found]

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


def write(path: str, content: str) -> bool:
    """Replace a file atomically, readable by root and the server only. Returns whether it differed."""
    return bool(machine.write(path, content, "objectstorage"))


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
