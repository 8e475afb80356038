"""Signatures, against what an independent client makes of the same request."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest import mock

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from souk.kernel.signing import signed_headers

AT = datetime(2026, 3, 1, 9, 30, 15, tzinfo=UTC)


def _theirs(method: str, host: str, path: str, access_key: str, secret_key: str) -> str:
    """The authorization that botocore makes at the same instant."""
    request = AWSRequest(method, f"https://{host}{path}")
    signer = botocore.auth.S3SigV4Auth(Credentials(access_key, secret_key), "s3", "us-east-1")
    with mock.patch.object(botocore.auth, "get_current_datetime", return_value=AT.replace(tzinfo=None)):
        signer.add_auth(request)
    return str(request.headers["Authorization"])


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
@pytest.mark.parametrize("path", ["/", "/b-pg-ab12cd"])
def test_a_request_is_signed_as_another_client_signs_it(method: str, path: str) -> None:
    request = (method, "os-1.example:8333", path, "pg_ab12cd", "a+secret/=")
    assert signed_headers(*request, AT)["authorization"] == _theirs(*request)


def test_a_signature_tells_nothing_of_the_secret() -> None:
    assert "a-secret" not in str(signed_headers("GET", "h", "/", "key", "a-secret", AT))


def test_a_query_is_signed_too() -> None:
    path = "/souk?list-type=2&max-keys=1&prefix=a%2Fb%2F"
    assert signed_headers("GET", "h.example", path, "key", "secret", AT)["authorization"] == _theirs(
        "GET", "h.example", path, "key", "secret"
    )
