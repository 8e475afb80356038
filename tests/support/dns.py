"""A real DNS server on loopback, whose records a test sets."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver


class Zone:
    """dnsmasq with the records that it is given, and no others; it forwards nothing. It listens at an address of the
    host's, where a port is free.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
            self.port: int = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """As the setting names it."""
        return f"{self.host}#{self.port}"

    def publish(
        self,
        texts: Mapping[str, str | tuple[str, ...]],
        addresses: Sequence[tuple[str, str]] = (),
        servers: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Serve these texts from now on, these names with an address each, and these zones with a name server each; a
        name may come several times.
        """
        self.stop()
        self._process = subprocess.Popen(
            [
                *("/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts"),
                *(f"--listen-address={self.host}", "--bind-interfaces", f"--port={self.port}", "--user=root"),
                *("--pid-file=", "--local=/example.ma/", "--local=/xn--ngbc5azd/"),
                *(
                    f"--txt-record={name},{text}"
                    for name, given in texts.items()
                    for text in ((given,) if isinstance(given, str) else given)
                ),
                *(f"--host-record={name},{address}" for name, address in addresses),
                *(
                    f"--dns-rr={zone},{int(dns.rdatatype.NS)},{dns.name.from_text(server).to_wire().hex()}"
                    for zone, server in servers
                ),
            ]
        )
        self._wait()

    def stop(self) -> None:
        """Answer nobody."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def _wait(self) -> None:
        asker = dns.resolver.Resolver(configure=False)
        asker.nameservers, asker.port, asker.timeout = [self.host], self.port, 0.05
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with suppress(dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
                try:
                    asker.resolve("there.example.ma", "TXT", lifetime=0.1)
                except (dns.exception.Timeout, dns.resolver.NoNameservers):
                    time.sleep(0.01)
                    continue
            return
        raise AssertionError("dnsmasq does not answer")


@contextmanager
def zone(host: str = "127.0.0.1") -> Iterator[Zone]:
    """A server without records."""
    served = Zone(host)
    served.publish({})
    try:
        yield served
    finally:
        served.stop()
