"""Cutting private networks out of a site's range."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

PREFIX_LENGTH = 24
FIRST, LAST = 10, 250
"""The addresses of a private network that services get, counted from its start; the others are kept for later."""


def free(within: str, own: Iterable[str], others: Iterable[str]) -> ipaddress.IPv4Network | None:
    """The lowest network of a range that is none of the site's `own` private ones (by their first address) and touches
    none of the `others`, given in CIDR notation; None if there is none left.
    """
    taken = {ipaddress.IPv4Address(each) for each in own}
    foreign = [ipaddress.IPv4Network(each, strict=False) for each in others]
    for candidate in ipaddress.IPv4Network(within).subnets(new_prefix=PREFIX_LENGTH):
        if candidate.network_address not in taken and not any(candidate.overlaps(each) for each in foreign):
            return candidate
    return None


def host(subnet: str, number: int) -> str:
    """An address of a network by its place in it."""
    return str(ipaddress.IPv4Address(subnet) + number)
