"""What DNS says of a name: asked by the worker, at the resolvers that the settings name, or the system's."""

from __future__ import annotations

import ipaddress

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
    try:
        found = _resolver().resolve(name, "TXT", lifetime=_WITHIN, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return set()
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswer(f"{name}: {error}"[:200]) from error
    return {b"".join(record.strings).decode(errors="replace") for record in found}


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
