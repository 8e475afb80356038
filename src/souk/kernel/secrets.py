"""Envelope encryption. A value is sealed under a data key of its own, which is wrapped by a key-encryption key.

Key-encryption keys live in files outside the database, one line `key-id:base64` each, the first one active. Two rings:
`master` (the worker's: credentials of services, keys of certificate authorities) and `identity` (web's too: seeds of
one-time passwords). A sealed value names its key, so keys rotate without downtime. For the master ring, a key
management service may do the wrapping (`transit`).
"""

from __future__ import annotations

import base64
import functools
import os
import secrets
import string
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.public import PrivateKey, PublicKey, SealedBox

from souk.kernel import redaction
from souk.kernel.transit import Options, Transit

_ALPHABET = string.ascii_letters + string.digits


class KeyMissing(RuntimeError):
    """This process does not hold the key that sealed the value."""


class _Envelope(msgspec.Struct, array_like=True):
    version: int
    key_id: str
    wrapped: bytes
    nonce: bytes
    sealed: bytes


class KeyRing:
    """Key-encryption keys by id; the first one seals, all of them open. A key management service's key comes first."""

    def __init__(self, keys: dict[str, bytes], transit: Transit | None = None) -> None:
        if not keys and transit is None:
            raise KeyMissing("the key ring is empty")
        self._keys = keys
        self._transit = transit

    @classmethod
    def load(cls, path: Path, transit: Transit | None = None) -> KeyRing:
        """Read a ring from its file, which may be gone once all is sealed by a key management service.

        Raises:
            KeyMissing: the file is not there, or this process may not read it.
        """
        try:
            lines = path.read_text().split()
        except FileNotFoundError as error:
            if transit is None:
                raise KeyMissing(f"no key ring at {path}") from error
            lines = []
        except OSError as error:
            raise KeyMissing(f"no key ring at {path}") from error
        pairs = (line.partition(":") for line in lines)
        keys = {key_id: base64.b64decode(value) for key_id, _, value in pairs}
        for key in keys.values():
            redaction.remember(key)
        return cls(keys, transit)

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._keys or (self._transit is not None and self._transit.mine(str(key_id)))

    @property
    def active(self) -> str:
        """The id of the key that seals.

        Raises:
            KmsAway, KmsRefuses.
        """
        return next(iter(self._keys)) if self._transit is None else self._transit.active

    @staticmethod
    def generate_line() -> str:
        """A fresh key as a line of a ring's file."""
        return f"k{secrets.token_hex(4)}:{base64.b64encode(os.urandom(32)).decode()}"

    def seal(self, value: bytes, context: str) -> bytes:
        """Seal `value` for `context` (what it is and whose); it opens for the same context only.

        Raises:
            KmsAway, KmsRefuses.
        """
        redaction.remember(value)
        data_key = AESGCM.generate_key(256)
        nonce = os.urandom(12)
        key_id, wrapped = self._wrap(data_key, context)
        sealed = AESGCM(data_key).encrypt(nonce, value, context.encode())
        return msgspec.msgpack.encode(_Envelope(1, key_id, wrapped, nonce, sealed))

    def open(self, sealed: bytes, context: str) -> bytes:
        """Open what `seal` closed.

        Raises:
            KeyMissing: the ring doesn't hold the key.
            KmsAway, KmsRefuses.
            cryptography.exceptions.InvalidTag: the value was tampered with, or sealed for another context.
        """
        envelope = msgspec.msgpack.decode(bytes(sealed), type=_Envelope)
        data_key = self._unwrap(envelope, context)
        value = AESGCM(data_key).decrypt(envelope.nonce, envelope.sealed, context.encode())
        redaction.remember(value)
        return value

    def _wrap(self, data_key: bytes, context: str) -> tuple[str, bytes]:
        if self._transit is not None:
            return self._transit.wrap(data_key, context)
        key_id, key = next(iter(self._keys.items()))
        nonce = os.urandom(12)
        return key_id, nonce + AESGCM(key).encrypt(nonce, data_key, context.encode())

    def _unwrap(self, envelope: _Envelope, context: str) -> bytes:
        if self._transit is not None and self._transit.mine(envelope.key_id):
            return self._transit.unwrap(envelope.wrapped, context)
        key = self._keys.get(envelope.key_id)
        if key is None:
            raise KeyMissing(f"no key {envelope.key_id}")
        return AESGCM(key).decrypt(envelope.wrapped[:12], envelope.wrapped[12:], context.encode())

    def key_id(self, sealed: bytes) -> str:
        """The id of the key a value is sealed under."""
        return msgspec.msgpack.decode(bytes(sealed), type=_Envelope).key_id

    def rewrap(self, sealed: bytes, context: str) -> bytes:
        """The same value sealed under the active key."""
        return self.seal(self.open(sealed, context), context)


@functools.cache
def ring(name: str) -> KeyRing:
    """The ring `master` or `identity` of this namespace; a key management service seals for the master ring only.

    Raises:
        KeyMissing, KmsRefuses.
    """
    from souk.settings import namespace

    options = Options.of(os.environ) if name == "master" else None
    return KeyRing.load(namespace.current().keys / f"{name}.key", Transit(options) if options else None)


def new_password(length: int = 32) -> str:
    """A fresh password of letters and digits: 190 bits at the default length, and nothing a shell would misread."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_box() -> tuple[bytes, bytes]:
    """A one-use key pair (private, public) for receiving a secret through a place that must not read it."""
    key = PrivateKey.generate()
    return bytes(key), bytes(key.public_key)


def post(value: bytes, public: bytes) -> bytes:
    """Close `value` so that only the holder of the private key can read it."""
    return SealedBox(PublicKey(bytes(public))).encrypt(value)


def unpost(closed: bytes, private: bytes) -> bytes:
    """Read what `post` closed."""
    return SealedBox(PrivateKey(private)).decrypt(bytes(closed))
