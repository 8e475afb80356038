"""A real ACME server (RFC 8555): Pebble, Let's Encrypt's own for trying clients out. It validates by connecting to
whatever a name means, gives certificates that last as short as a test wants, and refuses a nonce now and then.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.authorities import authority
from tests.support.dns import Zone
from tests.support.outside import Outside
from tests.support.trusting import trusting

from souk.provisioning.contract import CertificateServer
from souk.sites.certificates import issue

_PORT = 14000


_AWAY = f"""
table inet away {{
    chain reached {{
        type filter hook input priority 0;
        tcp dport {_PORT} reject with tcp reset
    }}
}}
"""


@dataclass(frozen=True)
class Acme:
    """The server in the world outside; it can be away for a while."""

    server: CertificateServer
    _world: Outside
    _log: Path

    @property
    def log(self) -> str:
        """What it says of itself."""
        return self._log.read_text()

    def settings(self, folder: Path) -> dict[str, str]:
        """What an operator sets to have certificates from there."""
        (folder / "acme-ca.pem").write_text(self.server.authority)
        (folder / "acme.key").write_text(self.server.key + "\n")
        return {
            "SOUK_ACME_DIRECTORY": self.server.directory,
            "SOUK_ACME_CA_FILE": str(folder / "acme-ca.pem"),
            "SOUK_ACME_CONTACT": self.server.contact,
            "SOUK_ACME_KEY_ID": self.server.key_id,
            "SOUK_ACME_KEY_FILE": str(folder / "acme.key"),
        }

    def roots(self) -> str:
        """Whom a client trusts that trusts its certificates."""
        with trusting(self.server.authority) as client:
            return client.get(f"https://{self._world.address}:{_PORT + 1}/roots/0").text

    @contextmanager
    def away(self) -> Iterator[None]:
        """It takes no connection for as long as the block lasts."""
        assert self._world.run("nft", "-f", "-", stdin=_AWAY).returncode == 0
        try:
            yield
        finally:
            self._world.run("nft", "delete", "table", "inet", "away")


@contextmanager
def acme(world: Outside, zone: Zone, folder: Path, seconds: int) -> Iterator[Acme]:
    """A server whose certificates last so many seconds, that asks this zone, and lets nobody in whose account is not
    bound to the operator's.
    """
    own = authority()
    issued = issue(own, "acme.example.ma", world.address)
    (folder / "server.pem").write_text(issued.certificate)
    (folder / "server.key").write_text(issued.key)
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    wanted = {
        "listenAddress": f"{world.address}:{_PORT}",
        "managementListenAddress": f"{world.address}:{_PORT + 1}",
        "certificate": str(folder / "server.pem"),
        "privateKey": str(folder / "server.key"),
        "httpPort": 80,
        "tlsPort": 443,
        "externalAccountBindingRequired": True,
        "externalAccountMACKeys": {"operator": key},
        "certificateValidityPeriod": seconds,
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": wanted}))
    resolver = zone.address.replace("#", ":")
    words = ["pebble", "-config", str(folder / "pebble.json"), "-strict", "-dnsserver", resolver]
    log = folder / "pebble.log"
    with log.open("wb") as said, _running(world, words, said.fileno()):
        deadline = time.monotonic() + 20
        while not world.tcp(world.address, _PORT):
            assert time.monotonic() < deadline, log.read_text()
        directory = f"https://{world.address}:{_PORT}/dir"
        server = CertificateServer(directory, own.certificate, "operator@example.ma", "operator", key)
        yield Acme(server, world, log)


@contextmanager
def _running(world: Outside, words: Sequence[str], said: int) -> Iterator[None]:
    inside = ["ip", "netns", "exec", world.name, *words]
    quick = {**os.environ, "PEBBLE_VA_NOSLEEP": "1"}
    process = subprocess.Popen(inside, stdout=said, stderr=subprocess.STDOUT, env=quick)
    try:
        yield
    finally:
        process.kill()
        process.wait(10)
