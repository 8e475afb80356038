"""AWS Signature Version 4, as far as one request needs it whose query is in order already.

The standard library only: the image carries this file too, so that a machine can try a key against its own server.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

REGION = "us-east-1"
"""What S3 clients assume when they are told nothing else; the server takes any."""


def signed_headers(
    method: str,
    host: str,
    path: str,
    access_key: str,
    secret_key: str,
    at: datetime,
    *,
    region: str = REGION,
    service: str = "s3",
    body: bytes = b"",
) -> dict[str, str]:
    """The headers that make a request this key's own. `path` is URI-encoded, a query behind it sorted by name; `at` is
    UTC, `host` has its port.
    """
    digest = hashlib.sha256(body).hexdigest()
    time = at.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": time}
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    place, _, query = path.partition("?")
    request = f"{method}\n{place}\n{query}\n{lines}\n{names}\n{digest}"
    scope = f"{time[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(_key(secret_key, scope), text.encode(), "sha256").hex()
    authorization = f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": authorization}


def _key(secret_key: str, scope: str) -> bytes:
    key = b"AWS4" + secret_key.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
