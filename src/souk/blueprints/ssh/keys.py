"""OpenSSH public keys as people paste them: each looked at, each mistake told by its own sentence."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

ED25519 = "ssh-ed25519"
_SOFTWARE = (ED25519, "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")
#: Keys that never leave a security key, and how many parts the public one has.
_HARDWARE = {"sk-ssh-ed25519@openssh.com": 3, "sk-ecdsa-sha2-nistp256@openssh.com": 4}
KINDS = (*_SOFTWARE, *_HARDWARE)
SHORTEST_RSA = 2048

_PRIVATE = re.compile(r"PRIVATE KEY|^PuTTY-User-Key-File", re.IGNORECASE)
_OTHER_FORM = re.compile(r"^-----? ?BEGIN")
_A_KIND = re.compile(r"(?:^|\s)(?:" + "|".join(map(re.escape, KINDS)) + r")\s")


class BadKey(ValueError):
    """Why a line is no key that opens a machine: a message id, and the values in its braces."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


@dataclass(frozen=True)
class PublicKey:
    """A public key, and the comment that says whose it is."""

    kind: str
    blob: bytes
    comment: str

    @property
    def line(self) -> str:
        """As OpenSSH's files have it."""
        return " ".join(filter(None, (self.kind, base64.b64encode(self.blob).decode(), self.comment)))

    @property
    def fingerprint(self) -> str:
        """As OpenSSH shows it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")


def parse_all(lines: Sequence[str]) -> list[PublicKey]:
    """The keys in these lines; those that are empty or begin with # are none.

    Raises:
        BadKey: the first fault, with its `line`.
    """
    found: dict[bytes, int] = {}
    keys = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            key = parse(line)
            if (before := found.setdefault(key.blob, number)) != number:
                raise BadKey(_("Line {line}: this is the key of line {before} once more."), before=before)
        except BadKey as error:
            raise BadKey(error.sentence, line=number, **error.values) from None
        keys.append(key)
    if not keys:
        raise BadKey(_("Without a key nobody could sign in. Give one at least."))
    return keys


def parse(line: str) -> PublicKey:
    """The key in one line.

    Raises:
        BadKey: `line` is missing among its values.
    """
    text = line.strip()
    _refuse_others(text)
    kind, _space, rest = text.partition(" ")
    encoded, _space, comment = rest.strip().partition(" ")
    if kind not in KINDS:
        raise _unknown(text, kind)
    try:
        blob = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        blob = b""
    if not blob or not _whole(kind, blob):
        raise BadKey(_("Line {line}: the key is cut short or damaged. Copy the whole line of the .pub file again."))
    if kind in _SOFTWARE:
        _load(kind, encoded)
    return PublicKey(kind, blob, " ".join(comment.split()))


def _refuse_others(text: str) -> None:
    if _PRIVATE.search(text):
        raise BadKey(
            _(
                "Line {line}: this is a private key. It was not kept, but it has left your computer: make a new pair, "
                "and give the public one, the file whose name ends in .pub."
            )
        )
    if _OTHER_FORM.match(text):
        raise BadKey(
            _("Line {line}: this key is in another form. `ssh-keygen -i -f FILE` writes it as one line for OpenSSH.")
        )
    if not text.isprintable():
        raise BadKey(_("Line {line}: a key is one line, without line breaks and control characters."))


def _unknown(text: str, kind: str) -> BadKey:
    if kind == "ssh-dss":
        return BadKey(_("Line {line}: OpenSSH takes no DSA keys any more. Make one with `ssh-keygen -t ed25519`."))
    if "-cert-v01@" in kind:
        return BadKey(_("Line {line}: this is a certificate. Give the public key that it was made for."))
    if _A_KIND.search(text):
        return BadKey(
            _(
                "Line {line}: options before a key are not taken here. Put such a line into ~/.ssh/authorized_keys of "
                "the machine, which is yours alone."
            )
        )
    return BadKey(
        _("Line {line}: this is no public key of OpenSSH. One begins with {kinds} or a similar word."), kinds=ED25519
    )


def _whole(kind: str, blob: bytes) -> bool:
    """Whether the encoded part is of that kind, and complete."""
    try:
        parts = list(_parts(blob))
    except ValueError:
        return False
    wanted = _HARDWARE.get(kind)
    return bool(parts) and parts[0] == kind.encode() and (wanted is None or len(parts) == wanted)


def _parts(blob: bytes) -> Iterator[bytes]:
    """The strings that a key is made of, each after its length (RFC 4251).

    Raises:
        ValueError: the last one is not all there.
    """
    while blob:
        length = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + length:
            raise ValueError("cut short")
        yield blob[4 : 4 + length]
        blob = blob[4 + length :]


def _load(kind: str, encoded: str) -> None:
    try:
        key = load_ssh_public_key(f"{kind} {encoded}".encode())
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey(
            _("Line {line}: the key is cut short or damaged. Copy the whole line of the .pub file again.")
        ) from None
    if isinstance(key, RSAPublicKey) and key.key_size < SHORTEST_RSA:
        raise BadKey(
            _("Line {line}: an RSA key of {bits} bits is too weak. It needs {least}, or be of the kind ed25519."),
            bits=key.key_size,
            least=SHORTEST_RSA,
        )


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
