"""Services that answer to their customer's own names, in a world with DNS and an ACME server."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from tests.support.acme import Acme, acme
from tests.support.dns import Zone
from tests.support.outside import Outside

from souk.blueprints.acme.domains import WebDomains
from souk.engines.exposure import Exposure, IPProtocol, Passage
from souk.provisioning.contract import Certified, WebNames

LASTS = 36
"""Seconds that a certificate holds."""

NAME, WWW, THEIRS = "atelier.example.ma", "www.atelier.example.ma", "autre.example.ma"
_DOMAINS = WebDomains()


@dataclass(frozen=True)
class Street:
    """A service at a public address, the world, and an ACME server in it."""

    site: Any
    world: Outside
    acme: Acme

    def serve(self, *names: str, main: str = "", hsts: bool = False) -> None:
        told = WebNames(names, main, hsts=hsts, certify=names, server=self.acme.server)
        _DOMAINS.serve(self.site, self.site.wanted, told)

    @property
    def story(self) -> str:
        """What the machine and the server say of what happened, for a test that fails."""
        journal = self.site.execute(["journalctl", "--no-pager", "-u", "souk-names"]).stdout
        return f"{journal}\n{self.acme.log[-3000:]}"

    def certified(self, name: str = NAME, again: tuple[str, ...] = ()) -> Certified:
        told = _DOMAINS.certified(self.site, self.site.wanted, again)
        return next(each for each in told if each.name == name)

    def shown(self, name: str = NAME) -> x509.Certificate:
        """The certificate that a browser is shown, whoever signed it."""
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection((self.site.wanted.address, 443), 5) as plain,
            anybody.wrap_socket(plain, server_hostname=name) as encrypted,
        ):
            return x509.load_der_x509_certificate(encrypted.getpeercert(True) or b"")

    def asked(self, url: str) -> tuple[int, dict[str, str], str]:
        """What the world's client gets: status, headers, body."""
        host, port = url.split("/")[2], 443 if url.startswith("https") else 80
        to = f"{host}:{port}:{self.world.pool[1]}"
        done = self.world.run("curl", "-sk", "-i", "--http1.1", "--max-time", "8", "--resolve", to, url)
        head, _, body = done.stdout.partition("\n\n") if "\r" not in done.stdout else done.stdout.partition("\r\n\r\n")
        first, *lines = head.splitlines() or ["none 0"]
        headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        return int(first.split()[1]), headers, body


@contextlib.contextmanager
def at_street(site: Any, world: Outside, served: Zone, folder: Path) -> Iterator[Street]:
    """A service's machine is led to from the world, where an ACME server asks for it."""
    public = str(world.pool[1])
    site.engine.keep_ranges([str(world.pool)])
    ports = tuple(Passage(IPProtocol.TCP, port, port) for port in (80, 443))
    site.engine.expose(Exposure(site.wanted.address, public, ports, (Passage(IPProtocol.ANY),)))
    led = [(NAME, public), (WWW, public), (THEIRS, world.address)]
    served.publish({}, led)
    try:
        with acme(world, served, folder, LASTS) as server:
            yield Street(site, world, server)
    finally:
        _DOMAINS.serve(site, site.wanted, WebNames())
        site.engine.expose(Exposure(site.wanted.address))
        site.engine.keep_ranges([])


def soon(holds: Callable[[], object], within: float = 20.0) -> bool:
    """Whether it comes to that in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return False
