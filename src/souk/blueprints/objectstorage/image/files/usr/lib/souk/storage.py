"""What the programs here share: files, the server's identities, and asking the server with a key."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import machine

# Laid down beside this file.
from signing import signed_headers

FOLDER = "/etc/souk/objectstorage"
IDENTITIES = FOLDER + "/identities.json"
SERVICE = "souk-objectstorage.service"
FRONT = "souk-s3.service"
PORT = 8333
LOOPBACK = "127.0.0.1:8332"
PAUSE = 0.1
SELF = "souk.server"
"""The key of the programs in this machine; nobody else knows its secret."""

ALL = ["Admin", "Read", "Write", "List", "Tagging"]
_LISTS = ["GetBucketLocation", "GetBucketVersioning", "ListBucket", "ListBucketMultipartUploads", "ListBucketVersions"]
_READS = ["GetObject", "GetObjectAttributes", "GetObjectTagging", "GetObjectVersion", "GetObjectVersionTagging"]
_WRITES = [
    "AbortMultipartUpload",
    "DeleteObject",
    "DeleteObjectTagging",
    "DeleteObjectVersion",
    "ListMultipartUploadParts",
    "PutObject",
    "PutObjectTagging",
]

Document = Mapping[str, Any]
Status = int | str
"""An HTTP status, or the reason why there is none."""


def write(path: str, content: str) -> bool:
    """Replace a file atomically, readable by root and the server only. Returns whether it differed."""
    return bool(machine.write(path, content, "objectstorage"))


def identify(name: str, secret: str, role: str, bucket: str = "") -> bool:
    """Let the server know a key by this name. Returns whether that changed anything.

    An owner may do everything in all buckets; a writer and a reader reach objects in theirs. A key without a secret
    opens nothing. It stays listed: the server goes on to accept one that is left out.
    """
    known, policies = identities(), _policies()
    known[name] = {
        "name": name,
        "credentials": [{"accessKey": name, "secretKey": secret}] if secret else [],
        "actions": ALL if secret and role == "owner" else [],
        "policyNames": [name] if secret and role != "owner" else [],
    }
    policies.pop(name, None)
    if known[name]["policyNames"]:
        policies[name] = {"name": name, "content": json.dumps(_policy(role, bucket))}
    document = {
        "identities": [known[key] for key in sorted(known)],
        "policies": [policies[key] for key in sorted(policies)],
    }
    return write(IDENTITIES, json.dumps(document, indent=1) + "\n")


def _policy(role: str, bucket: str) -> dict[str, Any]:
    place = f"arn:aws:s3:::{bucket}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": [f"s3:{each}" for each in _LISTS], "Resource": [place]},
            {
                "Effect": "Allow",
                "Action": [f"s3:{each}" for each in [*_READS, *(_WRITES if role == "writer" else [])]],
                "Resource": [place + "/*"],
            },
        ],
    }


def identities() -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in _read().get("identities", [])}


def _policies() -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in _read().get("policies", [])}


def _read() -> dict[str, Any]:
    try:
        with open(IDENTITIES, encoding="utf-8") as file:
            return dict(json.load(file))
    except FileNotFoundError:
        return {}


def know_self() -> bool:
    """Have a key of the machine's own. Returns whether there was none."""
    return SELF not in identities() and identify(SELF, secrets.token_urlsafe(32), "owner")


def ask_as_self(document: Document, method: str, path: str) -> Status:
    """One request of the machine's own."""
    return ask(document, method, path, SELF, identities()[SELF]["credentials"][0]["secretKey"])


def have_bucket(document: Document, bucket: str) -> bool | Status:
    """Make a bucket, if it is not there. True when it is."""
    status = ask_as_self(document, "HEAD", "/" + bucket)
    if status == 404:
        status = ask_as_self(document, "PUT", "/" + bucket)
    return status == 200 or status


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
