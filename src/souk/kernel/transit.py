"""Keys that never leave a key management service: *transit* of OpenBao or HashiCorp Vault, over its HTTP API.

It wraps and unwraps data keys; what they seal stays here. An unwrapped data key is remembered for some minutes: each
look after a service needs its password, and would ask anew.
"""

from __future__ import annotations

import base64
import os
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

PREFIX = "transit:"
REMEMBERED_SECONDS = 300.0
_REMEMBERED = 4096
_TIMEOUT = httpx.Timeout(5.0, connect=2.0)
_FORBIDDEN = 403
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class KmsTrouble(RuntimeError):
    """The key management service can't be asked."""


class KmsAway(KmsTrouble):
    """The key management service does not answer, or is sealed; what it protects is whole and opens when it is back."""


class KmsRefuses(KmsTrouble):
    """The key management service refuses: its key, its policy or our credentials are not as they should be."""


@dataclass(frozen=True)
class Options:
    """Where it is and how to sign in: `token_file` holds a token, or `role_file` an AppRole's two ids, a line each."""

    url: str
    key: str = "souk"
    mount: str = "transit"
    namespace: str = ""
    token_file: str = ""
    role_file: str = ""
    ca_file: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Options | None:
        """As `SOUK_KMS_…` says; none where there is no `SOUK_KMS_URL`.

        Raises:
            KmsRefuses: it would be spoken to in clear.
        """
        if not environment.get("SOUK_KMS_URL"):
            return None
        given = {name: environment.get(f"SOUK_KMS_{name.upper()}", "") for name in cls.__dataclass_fields__}
        options = cls(**{name: value for name, value in given.items() if value})
        parts = urlsplit(options.url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise KmsRefuses("SOUK_KMS_URL must begin with https://")
        return options


class Transit:
    """One key of the service. Safe for threads."""

    def __init__(
        self,
        options: Options,
        transport: httpx.BaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        self._http = httpx.Client(
            base_url=options.url.rstrip("/"),
            timeout=_TIMEOUT,
            trust_env=False,
            transport=transport,
            verify=ssl.create_default_context(cafile=options.ca_file or None),
            headers=_headers(options),
        )
        self._lock = threading.Lock()
        self._token = ""
        self._opened: OrderedDict[tuple[bytes, str], tuple[float, bytes]] = OrderedDict()
        self._monotonic = monotonic

    @property
    def active(self) -> str:
        """The id of the key's newest version.

        Raises:
            KmsAway, KmsRefuses.
        """
        return self._id(self._ask("GET", f"keys/{self._options.key}")["latest_version"])

    def mine(self, key_id: str) -> bool:
        """Whether a key id names a version of this key."""
        return key_id.startswith(f"{PREFIX}{self._options.key}:")

    def wrap(self, data_key: bytes, context: str) -> tuple[str, bytes]:
        """Close a data key; returns the id of the version that did, and the closed key.

        Raises:
            KmsAway, KmsRefuses.
        """
        body = {"plaintext": _text(data_key), "associated_data": _text(context.encode())}
        ciphertext = str(self._ask("POST", f"encrypt/{self._options.key}", body)["ciphertext"])
        return self._id(ciphertext.split(":")[1].removeprefix("v")), ciphertext.encode()

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Open a data key.

        Raises:
            KmsAway, KmsRefuses.
        """
        known = self._recall((wrapped, context))
        if known is not None:
            return known
        body = {"ciphertext": wrapped.decode(), "associated_data": _text(context.encode())}
        opened = base64.b64decode(self._ask("POST", f"decrypt/{self._options.key}", body)["plaintext"])
        with self._lock:
            self._opened[wrapped, context] = (self._monotonic() + REMEMBERED_SECONDS, opened)
            while len(self._opened) > _REMEMBERED:
                self._opened.popitem(last=False)
        return opened

    def _recall(self, what: tuple[bytes, str]) -> bytes | None:
        with self._lock:
            until, opened = self._opened.get(what, (0.0, b""))
            if until > self._monotonic():
                return opened
            self._opened.pop(what, None)
            return None

    def _id(self, version: object) -> str:
        return f"{PREFIX}{self._options.key}:v{version}"

    def _ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Ask with the token we have; once more, signed in anew, if that one is not good any longer."""
        where = f"/v1/{self._options.mount}/{path}"
        answer = self._send(method, where, body, self._token or self._sign_in())
        if answer.status_code == _FORBIDDEN:
            answer = self._send(method, where, body, self._sign_in())
        found: dict[str, Any] = _checked(answer, where)["data"]
        return found

    def _sign_in(self) -> str:
        """A token: the file's, read anew, or one for our AppRole."""
        if self._options.token_file:
            self._token = "".join(_read(self._options.token_file)[:1])
        else:
            role, secret = _pair(self._options.role_file)
            where = "/v1/auth/approle/login"
            answer = self._send("POST", where, {"role_id": role, "secret_id": secret}, "")
            self._token = str(_checked(answer, where)["auth"]["client_token"])
        return self._token

    def _send(self, method: str, where: str, body: Mapping[str, str] | None, token: str) -> httpx.Response:
        try:
            return self._http.request(method, where, json=body, headers={"X-Vault-Token": token} if token else {})
        except httpx.TransportError as error:
            raise KmsAway(f"{where}: {type(error).__name__}") from None


def _headers(options: Options) -> dict[str, str]:
    told = {"X-Vault-Request": "true"}
    return {**told, "X-Vault-Namespace": options.namespace} if options.namespace else told


def _checked(answer: httpx.Response, where: str) -> dict[str, Any]:
    """What was answered. The service's own words are left out of a refusal: they may quote what was asked."""
    if answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise KmsAway(f"{where}: HTTP {answer.status_code}")
    if answer.status_code >= 400:
        raise KmsRefuses(f"{where}: HTTP {answer.status_code}")
    try:
        found: dict[str, Any] = answer.json()
    except ValueError:
        raise KmsRefuses(f"{where}: not an answer of this service") from None
    return found


def _read(path: str) -> list[str]:
    try:
        with Path(path).open() as file:
            if os.fstat(file.fileno()).st_mode & 0o007:
                raise KmsRefuses(f"everybody may read {path}")
            return file.read().split()
    except OSError as error:
        raise KmsRefuses(f"{path}: {error.strerror}") from None


def _pair(path: str) -> tuple[str, str]:
    words = _read(path)
    if len(words) != 2:
        raise KmsRefuses(f"{path} does not hold two ids")
    return words[0], words[1]


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
