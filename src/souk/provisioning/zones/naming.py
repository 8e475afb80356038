"""What a zone may be called."""

from __future__ import annotations

import contextlib
import re

from souk.kernel.errors import Problem
from souk.provisioning import names

_REVERSE = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){2,3}in-addr\.arpa|(?:[0-9a-f]\.){8,31}ip6\.arpa")
"""Of addresses that a network was assigned, not of whole countries' networks."""


def zone_name(given: str) -> str:
    """A zone's name as DNS has it: a name that people register or have below theirs, or that of addresses.

    Raises:
        InvalidDomain, WildcardDomain, PublicSuffix.
    """
    text = given.strip().rstrip(".").lower()
    return text if _REVERSE.fullmatch(text) else names.written(given)


def known_as(given: str) -> str:
    """The name by which a zone is looked for, whatever was given."""
    with contextlib.suppress(Problem):
        return zone_name(given)
    return ""
