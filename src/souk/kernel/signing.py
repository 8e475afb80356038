"""AWS Signature Version 4, as far as one request without query and body needs it.

The standard library only: the image carries this file too, so that a machine can try a key against its own server.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

REGION = "us-east-1"
"""What S3 clients assume when they are told nothing else; the server takes any."""

_SERVICE = "s3"
_EMPTY = hashlib.sha256(b"").hexdigest()


def signed_headers(
    method: str, host: str, path: str, access_key: str, secret_key: str, at: datetime, region: str = REGION
) -> dict[str, str]:
    """The headers that make a request this key's own. `path` is URI-encoded, `at` is UTC, `host` has its port."""
    time = at.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": host, "x-amz-content-sha256": _EMPTY, "x-amz-date": time}
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"{method}\n{path}\n\n{lines}\n{names}\n{_EMPTY}"
    scope = f"{time[:8]}/{region}/{_SERVICE}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(_key(secret_key, scope), text.encode(), "sha256").hex()
    authorization = f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": authorization}


def _key(secret_key: str, scope: str) -> bytes:
    key = b"AWS4" + secret_key.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
