"""Envelope encryption. A value is sealed under a data key of its own, which is wrapped by a key-encryption key.

Key-encryption keys live in files outside the database, one line `key-id:base64` each, the first one active. Two rings:
`master` (the worker's: credentials of services, keys of certificate authorities) and `identity` (web's too: seeds of
one-time passwords). A sealed value names its key, so keys rotate without downtime.
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
    """Key-encryption keys by id; the first one seals, all of them open."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        if not keys:
            raise KeyMissing("the key ring is empty")
        self._keys = keys
        self._active = next(iter(keys))

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Read a ring from its file.

        Raises:
            KeyMissing: the file is not there, or this process may not read it.
        """
        try:
            lines = path.read_text().split()
        except OSError as error:
            raise KeyMissing(f"no key ring at {path}") from error
        pairs = (line.partition(":") for line in lines)
        return cls({key_id: base64.b64decode(value) for key_id, _, value in pairs})

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._keys

    @property
    def active(self) -> str:
        """The id of the key that seals."""
        return self._active

    @staticmethod
    def generate_line() -> str:
        """A fresh key as a line of a ring's file."""
        return f"k{secrets.token_hex(4)}:{base64.b64encode(os.urandom(32)).decode()}"

    def seal(self, value: bytes, context: str) -> bytes:
        """Seal `value` for `context` (what it is and whose); it opens for the same context only."""
        data_key = AESGCM.generate_key(256)
        wrap_nonce, nonce = os.urandom(12), os.urandom(12)
        wrapped = wrap_nonce + AESGCM(self._keys[self._active]).encrypt(wrap_nonce, data_key, context.encode())
        sealed = AESGCM(data_key).encrypt(nonce, value, context.encode())
        return msgspec.msgpack.encode(_Envelope(1, self._active, wrapped, nonce, sealed))

    def open(self, sealed: bytes, context: str) -> bytes:
        """Open what `seal` closed.

        Raises:
            KeyMissing: the ring doesn't hold the key.
            cryptography.exceptions.InvalidTag: the value was tampered with, or sealed for another context.
        """
        envelope = msgspec.msgpack.decode(bytes(sealed), type=_Envelope)
        key = self._keys.get(envelope.key_id)
        if key is None:
            raise KeyMissing(f"no key {envelope.key_id}")
        data_key = AESGCM(key).decrypt(envelope.wrapped[:12], envelope.wrapped[12:], context.encode())
        return AESGCM(data_key).decrypt(envelope.nonce, envelope.sealed, context.encode())

    def key_id(self, sealed: bytes) -> str:
        """The id of the key a value is sealed under."""
        return msgspec.msgpack.decode(bytes(sealed), type=_Envelope).key_id

    def rewrap(self, sealed: bytes, context: str) -> bytes:
        """The same value sealed under the active key."""
        return self.seal(self.open(sealed, context), context)


@functools.cache
def ring(name: str) -> KeyRing:
    """The ring `master` or `identity` of this namespace."""
    from souk.settings import namespace

    return KeyRing.load(namespace.current().keys / f"{name}.key")


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
