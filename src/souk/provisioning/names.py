"""Names of a customer's own: how they are written, and what must be published to prove that one controls them."""

from __future__ import annotations

import functools
import ipaddress
import re

import idna
from publicsuffixlist import PublicSuffixList

from souk.provisioning import errors

MOST_NAMES = 10
_LONGEST = 240
"""A challenge's label goes before it, and a name has at most 253 characters."""

_CHALLENGE = "_souk-challenge"
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NOBODYS = frozenset({"localhost", "local", "internal", "invalid", "onion", "alt", "arpa", "lan", "home", "corp"})


def written(given: str) -> str:
    """A name as DNS has it: `Données.Example.MA.` becomes `xn--donnes-eva.example.ma`.

    Raises:
        InvalidDomain, WildcardDomain, PublicSuffix.
    """
    text = given.strip().rstrip(".\u3002")
    if text.startswith("*"):
        raise errors.WildcardDomain
    try:
        ascii_name = idna.encode(text, uts46=True, transitional=False).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise errors.InvalidDomain(given=_short(given)) from None
    labels = ascii_name.split(".")
    whole = len(labels) > 1 and len(ascii_name) <= _LONGEST and all(_LABEL.fullmatch(label) for label in labels)
    if not whole or labels[-1] in _NOBODYS or labels[-1].isdigit() or _is_address(ascii_name):
        raise errors.InvalidDomain(given=_short(given))
    if _suffixes().is_public(ascii_name):
        raise errors.PublicSuffix(name=shown(ascii_name))
    return ascii_name


def shown(name: str) -> str:
    """A name as people write it."""
    try:
        return idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        return name


def record(name: str) -> str:
    """Where the challenge of a name is published."""
    return f"{_CHALLENGE}.{name}"


def text(token: str) -> str:
    """What is published there."""
    return f"souk-verify={token}"


def within(name: str, zone: str) -> bool:
    """Whether a name is a zone's or below it."""
    return name == zone or name.endswith(f".{zone}")


@functools.cache
def _suffixes() -> PublicSuffixList:
    """Under which names people register theirs (publicsuffix.org); read at the first use, a tenth of a second."""
    return PublicSuffixList(accept_unknown=False)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _short(given: str) -> str:
    return given.strip()[:60]
