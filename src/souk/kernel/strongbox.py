"""A box that a passphrase opens: scrypt makes the key, AES-256-GCM closes, so that no byte of it can be changed.

`python -m souk.kernel.strongbox close` reads `{"passphrase", "contents"}` from its standard input and writes the box in
base64; `open` reads `{"passphrase", "box"}` and writes the contents. A passphrase is never an argument: those can be
read by everybody on the host.
"""

from __future__ import annotations

import base64
import json
import os
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_MAGIC = b"souk-box-1"
_SALT, _NONCE = 16, 12
_COST = 17
"""2 to this power is scrypt's n: 128 MiB and about half a second for each guess."""

LENGTH, VARIETY = 14, 8


class PassphraseWeak(ValueError):
    """The passphrase is too easily guessed: use 14 characters or more, 8 of them different."""


class Unopened(ValueError):
    """The passphrase is another one, or what is in the file was changed."""


def close(contents: bytes, passphrase: str) -> bytes:
    """Close `contents`.

    Raises:
        PassphraseWeak.
    """
    if len(passphrase) < LENGTH or len(set(passphrase)) < VARIETY:
        raise PassphraseWeak(str(PassphraseWeak.__doc__))
    head = _MAGIC + os.urandom(_SALT)
    nonce = os.urandom(_NONCE)
    return head + nonce + AESGCM(_key(passphrase, head[len(_MAGIC) :])).encrypt(nonce, contents, head)


def open_(box: bytes, passphrase: str) -> bytes:
    """Open what `close` closed.

    Raises:
        Unopened.
    """
    split = len(_MAGIC) + _SALT
    head, nonce, closed = box[:split], box[split : split + _NONCE], box[split + _NONCE :]
    if not head.startswith(_MAGIC):
        raise Unopened(str(Unopened.__doc__))
    try:
        return AESGCM(_key(passphrase, head[len(_MAGIC) :])).decrypt(nonce, closed, head)
    except InvalidTag:
        raise Unopened(str(Unopened.__doc__)) from None


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=1 << _COST, r=8, p=1).derive(passphrase.encode())


def main() -> int:
    """Close or open what stands on the standard input; exit status 1 and a sentence if that can't be."""
    told = json.load(sys.stdin)
    try:
        if sys.argv[1] == "close":
            box = close(told["contents"].encode(), told["passphrase"])
            sys.stdout.write(base64.b64encode(box).decode())
        else:
            sys.stdout.write(open_(base64.b64decode(told["box"]), told["passphrase"]).decode())
    except (PassphraseWeak, Unopened) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
