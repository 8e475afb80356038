"""Addresses that somebody outside named: where the platform may connect to, and where it never does."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_noop

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Refused(Exception):
    """The address is one that nothing is sent to. The message is a message id."""


@dataclass(frozen=True)
class Bounds:
    """What is allowed beyond `https` to the outside: these networks all the same, and `http`."""

    networks: Sequence[Network] = ()
    in_the_clear: bool = False

    def checked(self, url: str) -> SplitResult:
        """The parts of an address, as far as can be said without asking where it leads.

        Raises:
            Refused.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise Refused(gettext_noop("its port is no number")) from None
        schemes = {"https", "http"} if self.in_the_clear else {"https"}
        if parts.scheme not in schemes or not parts.hostname or port == 0:
            raise Refused(gettext_noop("it is no https address"))
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise Refused(gettext_noop("it carries credentials or a fragment"))
        try:
            literal = ipaddress.ip_address(parts.hostname)
        except ValueError:
            return parts
        self._must_be_outside(literal)
        return parts

    def resolved(self, host: str, port: int) -> Address:
        """An address of a host, all of whose addresses are outside: to be connected to as it is, so that an answer
        that changes between check and use leads nowhere.

        Raises:
            Refused. OSError: it has none.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        for address in addresses:
            self._must_be_outside(address)
        return addresses[0]

    def _must_be_outside(self, address: Address) -> None:
        inner: Address = address
        if isinstance(address, ipaddress.IPv6Address):
            inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address
        if any(inner in network for network in self.networks):
            return
        if not inner.is_global or inner.is_multicast or inner.is_reserved:
            raise Refused(gettext_noop("it leads into a private network"))


def port_of(parts: SplitResult) -> int:
    """The port that an address means."""
    return parts.port or (443 if parts.scheme == "https" else 80)


@contextmanager
def closed_after(seconds: float, close: Callable[[], object]) -> Iterator[None]:
    """Close what the block waits for if it takes longer: who answers a byte at a time is not waited for."""
    timer = threading.Timer(seconds, close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
