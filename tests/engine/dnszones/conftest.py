"""A name server as a customer gets it, asked with the clients that the world asks with."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest
from tests.engine.conftest import Rig, built, rigged
from tests.support.authorities import authority

from souk.blueprints.dnszones import BLUEPRINT
from souk.engines.contract import Execution, MachineSpec
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import Credentials, ServerCertificate, Size, Wanted, ZoneServed, ZoneText
from souk.provisioning.zones import files
from souk.sites.certificates import issue

MIB = 1024**2
SIZE = Size(vcpus=1, memory=256 * MIB, disk=1024 * MIB)


@dataclass
class Server:
    """A name server's machine, and what its customer knows."""

    engine: IncusEngine
    spec: MachineSpec
    wanted: Wanted
    credentials: Credentials = field(init=False)
    certificate: ServerCertificate = field(init=False)
    zones: dict[str, ZoneText] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ca = authority()
        issued = issue(ca, self.wanted.hostname, self.wanted.address)
        self.certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
        self.credentials = BLUEPRINT.credentials({}, secrets.token_urlsafe(24))

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command in the machine: what makes this a blueprint's guest."""
        return self.engine.execute(self.spec.name, command, stdin=stdin, timeout=timeout)

    def configure(self) -> None:
        """Bring the machine to what is wanted."""
        BLUEPRINT.configure(self, self.wanted, self.credentials, self.certificate)

    def serve(self, zone: str, text: str, *, signed: bool = True) -> Mapping[str, ZoneServed]:
        """Serve one zone more, with what a zone file says."""
        read = files.read(zone, text)
        assert not read.wrong, read.wrong
        told = files.served(zone, read.records, self.wanted.hostname)
        self.zones[zone] = ZoneText(secrets.token_hex(8), lambda: told, signed)
        return self.tell()

    def tell(self) -> Mapping[str, ZoneServed]:
        """Have the machine serve what it should."""
        return BLUEPRINT.zones.serve(self, self.wanted, self.zones)

    def ask(self, name: str, kind: str, *, tcp: bool = False, **more: Any) -> dns.message.Message:
        """One question, as a resolver puts it."""
        question = dns.message.make_query(name, kind, **more)
        if tcp:
            return dns.query.tcp(question, self.wanted.address, timeout=3)
        return dns.query.udp(question, self.wanted.address, timeout=3)

    def values(self, name: str, kind: str) -> list[str]:
        """What a name has of a kind."""
        answer = self.ask(name, kind)
        assert answer.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
        wanted = dns.rdatatype.from_text(kind)
        return sorted(each.to_text() for found in answer.answer if found.rdtype == wanted for each in found)


def begin(rig: Rig, image: str, label: str) -> Server:
    """A machine of this kind, not configured yet."""
    spec, wanted = rig.begin(BLUEPRINT, image, label, SIZE, {})
    return Server(rig.engine, spec, wanted)


@pytest.fixture(scope="session")
def dns_image(incus: IncusEngine) -> str:
    return built(incus, BLUEPRINT)


@pytest.fixture(scope="module")
def server(incus: IncusEngine, dns_image: str) -> Iterator[Server]:
    """One that serves."""
    with rigged(incus) as rig:
        made = begin(rig, dns_image, "dns")
        made.configure()
        yield made
