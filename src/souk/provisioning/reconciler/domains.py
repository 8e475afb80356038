"""What DNS says of a name: asked by the worker, at the resolvers that the settings name, or the system's."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

import dns.exception
import dns.resolver
from django.conf import settings

from souk.provisioning.contract import ConfigurationFailed

_WITHIN = 10.0
"""Seconds, however many servers are asked."""


class NoAnswer(ConfigurationFailed):
    """DNS can't be asked, or those who should know the name don't answer."""


def texts(name: str) -> set[str]:
    """The texts published at a name; none if there is no such name.

    Raises:
        NoAnswer.
    """
    return {b"".join(record.strings).decode(errors="replace") for record in _asked(name, "TXT")}


def addresses(name: str) -> tuple[set[str], set[str]]:
    """The IPv4 and the IPv6 addresses that a name means, through whatever it is an alias of.

    Raises:
        NoAnswer.
    """
    four, six = ({str(record.address) for record in _asked(name, kind)} for kind in ("A", "AAAA"))
    return four, six


def servers(name: str) -> set[str]:
    """The name servers of a zone, without dots at their ends; none if there is no such zone.

    Raises:
        NoAnswer.
    """
    return {str(record.target).rstrip(".").lower() for record in _asked(name, "NS")}


def _asked(name: str, kind: str) -> Iterable[Any]:
    try:
        return _resolver().resolve(name, kind, lifetime=_WITHIN, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswer(f"{name}: {error}"[:200]) from error


def _resolver() -> dns.resolver.Resolver:
    if not settings.DNS_RESOLVERS:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = []
    for each in settings.DNS_RESOLVERS:
        address, _, port = each.partition("#")
        resolver.nameservers.append(str(ipaddress.ip_address(address)))
        resolver.nameserver_ports[address] = int(port or 53)
    return resolver
