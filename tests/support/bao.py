"""A key management service in memory: what OpenBao's documentation says of transit and AppRole, as far as Souk asks.

No real OpenBao holds it to that here.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from souk.kernel.transit import Options, Transit


@dataclass
class Bao:
    """One transit key with its versions; who signs in gets a token of its own. `away` does not answer at all."""

    versions: dict[int, bytes] = field(default_factory=lambda: {1: os.urandom(32)})
    oldest: int = 1
    away: bool = False
    sealed: bool = False
    tokens: set[str] = field(default_factory=lambda: {"s.first"})
    asked: list[str] = field(default_factory=list)
    sign_ins: int = 0

    def rotate(self) -> None:
        """As `bao write -f transit/keys/souk/rotate` does."""
        self.versions[max(self.versions) + 1] = os.urandom(32)

    def transit(self, folder: Path, **more: Any) -> Transit:
        """A client that signs in with a token of a file."""
        file = folder / "token"
        if not file.exists():
            file.write_text("s.first\n")
            file.chmod(0o600)
        options = Options("https://bao.example:8200", token_file=str(file))
        return Transit(more.pop("options", options), httpx.MockTransport(self.answer), **more)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the service answers."""
        self.asked.append(request.url.path)
        if self.away:
            raise httpx.ConnectError("connection refused", request=request)
        if self.sealed:
            return httpx.Response(503, json={"errors": ["Vault is sealed"]})
        body = json.loads(request.content or b"{}")
        if request.url.path == "/v1/auth/approle/login":
            return self._sign_in(body)
        if request.headers.get("X-Vault-Token") not in self.tokens:
            return httpx.Response(403, json={"errors": ["permission denied"]})
        match request.method, request.url.path:
            case "GET", "/v1/transit/keys/souk":
                return _data(latest_version=max(self.versions), min_decryption_version=self.oldest)
            case "POST", "/v1/transit/encrypt/souk":
                return self._encrypt(body)
            case "POST", "/v1/transit/decrypt/souk":
                return self._decrypt(body)
        return httpx.Response(404, json={"errors": []})

    def _sign_in(self, body: dict[str, str]) -> httpx.Response:
        if body != {"role_id": "role", "secret_id": "secret"}:
            return httpx.Response(400, json={"errors": ["invalid role or secret ID"]})
        self.sign_ins += 1
        token = f"s.{self.sign_ins}"
        self.tokens.add(token)
        return httpx.Response(200, json={"auth": {"client_token": token, "lease_duration": 1200}})

    def _encrypt(self, body: dict[str, str]) -> httpx.Response:
        version, nonce = max(self.versions), os.urandom(12)
        plain, context = base64.b64decode(body["plaintext"]), base64.b64decode(body["associated_data"])
        closed = nonce + AESGCM(self.versions[version]).encrypt(nonce, plain, context)
        return _data(ciphertext=f"vault:v{version}:{base64.b64encode(closed).decode()}", key_version=version)

    def _decrypt(self, body: dict[str, str]) -> httpx.Response:
        _, version, text = body["ciphertext"].split(":")
        number, closed = int(version[1:]), base64.b64decode(text)
        if number < self.oldest:
            return httpx.Response(400, json={"errors": ["ciphertext or signature version is disallowed by policy"]})
        try:
            context = base64.b64decode(body["associated_data"])
            opened = AESGCM(self.versions[number]).decrypt(closed[:12], closed[12:], context)
        except InvalidTag:
            return httpx.Response(400, json={"errors": ["cipher: message authentication failed"]})
        return _data(plaintext=base64.b64encode(opened).decode())


def _data(**found: object) -> httpx.Response:
    return httpx.Response(200, json={"data": found})
