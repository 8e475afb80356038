"""What the server tells of itself, to whoever signs with a key that may do everything."""

from __future__ import annotations

import contextlib
import hmac
import http.client
import http.server
import json
import os
import re
import socketserver
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# Laid down beside this file.
import storage
from room import Room, command
from signing import signed_headers

SOCKET = "/run/souk-objectstorage/steward"
METRICS = "127.0.0.1:9327"
SKEW = 15 * 60
"""Seconds that a client's clock may be off."""

_BUCKET = re.compile(r'SeaweedFS_s3_bucket_(size_bytes|object_count)\{bucket="([a-z0-9.-]+)"\} (\S+)')


def serve(room: Room) -> None:
    """Answer on a socket, for as long as the process lives."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(SOCKET)
    with _Server(SOCKET, _handler(room)) as server:
        # The front has a user of its own.
        os.chmod(SOCKET, 0o666)  # noqa: S103
        server.serve_forever()


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def _handler(room: Room) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        """One request, and its answer."""

        timeout = 10

        def do_GET(self) -> None:
            if not allowed(self.headers, self.path):
                self.send_error(403)
                return
            body = json.dumps(told(room)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def allowed(headers: Any, path: str) -> bool:
    """Whether a request is signed, just now, with a key that may do everything."""
    found = re.match(r"AWS4-HMAC-SHA256 Credential=([a-z0-9_.]+)/", headers.get("authorization", ""))
    known = storage.identities().get(found[1]) if found else None
    if found is None or known is None or not known["credentials"] or "Admin" not in known["actions"]:
        return False
    try:
        at = datetime.strptime(headers.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    if abs(time.time() - at.timestamp()) > SKEW:
        return False
    wanted = signed_headers("GET", headers.get("host", ""), path, found[1], known["credentials"][0]["secretKey"], at)
    return hmac.compare_digest(wanted["authorization"].encode(), headers["authorization"].encode())


def told(room: Room) -> dict[str, Any]:
    """What is seen now: room in bytes, buckets with what is in them, what the front counted, and since when it runs."""
    sizes: dict[str, dict[str, float]] = {}
    for what, bucket, value in _BUCKET.findall(_get(METRICS, "/metrics", {})[1]):
        sizes.setdefault(bucket, {})["bytes" if what == "size_bytes" else "objects"] = float(value)
    return {
        "quota": room.quota,
        "used": room.used,
        "left": room.left,
        "full_seconds": time.time() - room.full_since if room.full_since else 0,
        "buckets": sizes,
        "answers": _answers(),
        **_counted(command("show stat")),
    }


def _counted(table: str) -> dict[str, float | None]:
    head, *rows = [line.split(",") for line in table.lstrip("# ").splitlines() if line.strip()] or [[]]
    named = {(row[0], row[1]): dict(zip(head, row, strict=False)) for row in rows if len(row) > 1}
    front, behind = named.get(("s3", "FRONTEND"), {}), named.get(("server", "BACKEND"), {})
    told = {
        "requests": front.get("req_tot"),
        "refused": front.get("hrsp_4xx"),
        "failed": front.get("hrsp_5xx"),
        "received": front.get("bin"),
        "sent": front.get("bout"),
        "milliseconds": behind.get("ttime"),
    }
    return {key: float(value) if value else None for key, value in told.items()}


def _answers() -> int:
    """The HTTP status with which the server itself lists the buckets; 0 if it does not answer."""
    key = storage.identities()[storage.SELF]["credentials"][0]
    headers = signed_headers("GET", storage.LOOPBACK, "/", key["accessKey"], key["secretKey"], datetime.now(UTC))
    return _get(storage.LOOPBACK, "/", headers)[0]


def _get(place: str, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """The status and the content; 0 where nobody answers."""
    client = http.client.HTTPConnection(place, timeout=3)
    try:
        client.request("GET", path, headers=dict(headers))
        answer = client.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        client.close()
