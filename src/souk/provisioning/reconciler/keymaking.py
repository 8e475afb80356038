"""Keys of an S3 outside that open one folder each, made by its IAM as AWS has it (also Ceph's and SeaweedFS's).

A user for each folder, with a policy and one key. Each call is safe to repeat: who is killed after a key was made and
before it was kept makes another one, and the first is destroyed.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit

import httpx
from lxml import etree

from souk.kernel import redaction
from souk.kernel.signing import REGION, signed_headers
from souk.provisioning.contract import ConfigurationFailed
from souk.provisioning.storage import Outside

_WITHIN = 10.0
_ACCEPTED_WITHIN = 30.0
"""Seconds that a server may take until it accepts a key it made."""

_POLICY = "souk"
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_XML = etree.XMLParser(resolve_entities=False, no_network=True)


def make(place: Outside, folder: str) -> tuple[str, str]:
    """The only key of a folder: its two halves, good by the time this returns.

    Raises:
        ConfigurationFailed: the server does not answer, or refuses.
    """
    user = _user(folder)
    _ask(place, "CreateUser", {"UserName": user}, but="EntityAlreadyExists")
    policy = {"UserName": user, "PolicyName": _POLICY, "PolicyDocument": _policy(place.bucket, folder)}
    _ask(place, "PutUserPolicy", policy)
    _destroy_keys(place, user)
    made = _ask(place, "CreateAccessKey", {"UserName": user})
    access, secret = _one(made, "AccessKeyId"), _one(made, "SecretAccessKey")
    redaction.remember(secret.encode())
    _wait_until_good(place, folder, access, secret)
    return access, secret


def destroy(place: Outside, folder: str) -> None:
    """Let a folder's key open nothing any more; what is in the folder stays.

    Raises:
        ConfigurationFailed.
    """
    user = _user(folder)
    _destroy_keys(place, user)
    _ask(place, "DeleteUserPolicy", {"UserName": user, "PolicyName": _POLICY}, but="NoSuchEntity")
    _ask(place, "DeleteUser", {"UserName": user}, but="NoSuchEntity")


def _user(folder: str) -> str:
    return folder.replace("/", "-")[-64:]


def _policy(bucket: str, folder: str) -> str:
    bucket = f"arn:aws:s3:::{bucket}"
    objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    listing = {"StringLike": {"s3:prefix": [f"{folder}/*"]}}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": objects, "Resource": [f"{bucket}/{folder}/*"]},
                {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [bucket], "Condition": listing},
            ],
        }
    )


def _destroy_keys(place: Outside, user: str) -> None:
    listed = _ask(place, "ListAccessKeys", {"UserName": user}, but="NoSuchEntity")
    for key in listed.iterfind(".//{*}AccessKeyId"):
        _ask(place, "DeleteAccessKey", {"UserName": user, "AccessKeyId": str(key.text)}, but="NoSuchEntity")


def _ask(place: Outside, action: str, told: Mapping[str, str], but: str = "") -> etree._Element:
    """What IAM answers; `but` is a complaint that is none: what is to be made is there, or what is to go is gone."""
    body = urlencode({"Action": action, "Version": "2010-05-08", **told}).encode()
    status, text = _send(place, place.iam, "POST", "/", (place.access_key, place.secret_key), body)
    try:
        answer = etree.fromstring(text, _XML)
    except etree.XMLSyntaxError:
        answer = etree.Element("none")
    if status == httpx.codes.OK:
        return answer
    code = answer.findtext(".//{*}Code") or ""
    if but and code == but:
        return answer
    raise ConfigurationFailed(f"{place.iam} answers {status} {code} to {action}")


def _wait_until_good(place: Outside, folder: str, access: str, secret: str) -> None:
    """The server's parts hear of a key one after another."""
    path = f"/{place.bucket}?list-type=2&max-keys=1&prefix={quote(folder + '/', safe='')}"
    deadline = time.monotonic() + _ACCEPTED_WITHIN
    while (status := _send(place, place.endpoint, "GET", path, (access, secret))[0]) != httpx.codes.OK:
        if time.monotonic() > deadline:
            raise ConfigurationFailed(f"{place.endpoint} answers {status} to the key that it made")
        time.sleep(0.5)


def _send(
    place: Outside, base: str, method: str, path: str, key: tuple[str, str], body: bytes = b""
) -> tuple[int, bytes]:
    parts = urlsplit(base)
    host, port = str(parts.hostname), parts.port or 443
    named = host if port == 443 else f"{host}:{port}"
    service, region = ("iam", REGION) if body else ("s3", place.region)
    headers = signed_headers(method, named, path, *key, datetime.now(UTC), region=region, service=service, body=body)
    reached = place.address if place.address and host == place.host else host
    trusted = ssl.create_default_context(cadata=place.authority or None)
    try:
        with httpx.Client(verify=trusted, timeout=_WITHIN, trust_env=False) as client:
            answer = client.request(
                method,
                f"https://{reached}:{port}{path}",
                content=body,
                headers={**headers, **(_FORM if body else {})},
                extensions={"sni_hostname": host},
            )
    except (httpx.HTTPError, OSError) as error:
        raise ConfigurationFailed(f"{base} does not answer: {error}"[:200]) from error
    return answer.status_code, answer.content


def _one(answer: etree._Element, name: str) -> str:
    found = answer.findtext(f".//{{*}}{name}")
    if not found:
        raise ConfigurationFailed(f"the answer holds no {name}")
    return str(found)
