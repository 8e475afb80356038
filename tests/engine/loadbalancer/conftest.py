"""A load balancer as a customer gets it, with two machines behind it in a private network."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.engine.conftest import Rig, built
from tests.support.authorities import authority
from tests.support.looping import until

from souk.blueprints.loadbalancer import BLUEPRINT
from souk.engines.contract import Card, Execution, MachineSpec
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import MemberSeen, Neighbour, ServerCertificate, Size, Wanted
from souk.provisioning.reconciler.plugging import use
from souk.provisioning.reconciler.records import Attached
from souk.settings import namespace
from souk.sites.authority import Authority
from souk.sites.certificates import issue

MIB = 1024**2
SIZE = Size(vcpus=1, memory=512 * MIB, disk=1024 * MIB)
SUBNET = "10.254.77"
ANSWERING = (Path(__file__).parent / "answering.py").read_text(encoding="utf-8")
"""What runs on members."""


@dataclass
class Behind:
    """A machine in the private network that answers, at its address there."""

    engine: IncusEngine
    name: str
    address: str
    hostname: str
    network: str

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command in it."""
        return self.engine.execute(self.name, command, stdin=stdin, timeout=timeout)

    def answer(self, *, tls: ServerCertificate | None = None) -> None:
        """Have its program run: it says its name at port 8080, and does its kinds of harm at others."""
        self.execute(["systemctl", "reset-failed", "answering"])
        self.execute(["tee", "/root/answering.py"], stdin=ANSWERING.encode())
        if tls is not None:
            self.execute(["tee", "/root/server.pem"], stdin=(tls.certificate.rstrip() + "\n" + tls.key).encode())
        command = [
            "systemd-run",
            "--unit=answering",
            "--property=Restart=no",
            "python3",
            "/root/answering.py",
            self.name,
        ]
        assert self.execute(command).exit_code == 0
        assert until(lambda: self.execute(["sh", "-c", "ss -ltn | grep -q :8080"]).exit_code == 0)

    def lose_power(self) -> None:
        """End the machine as it is."""
        self.engine.stop(self.name, force=True)

    def come_back(self) -> None:
        """Have it run again, and answer."""
        self.engine.start(self.name)
        assert until(lambda: self.execute(["systemctl", "is-active", "systemd-networkd"]).exit_code == 0)
        use(self.engine, self.name, Attached(Card(self.network, self.address), 24))
        self.answer()

    def stop(self) -> None:
        """Kill the program as it is."""
        self.execute(["systemctl", "kill", "--signal=KILL", "answering"])


@dataclass
class Balanced:
    """A load balancer's machine, who is behind it, and what its customer knows."""

    engine: IncusEngine
    spec: MachineSpec
    wanted: Wanted
    certificate: ServerCertificate
    behind: Mapping[str, Behind]

    def __post_init__(self) -> None:
        self.credentials = BLUEPRINT.credentials(self.wanted.parameters, secrets.token_urlsafe(24))

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command in the machine: what makes this a blueprint's guest."""
        return self.engine.execute(self.spec.name, command, stdin=stdin, timeout=timeout)

    def configure(self, **parameters: Any) -> None:
        """Bring the machine to what is wanted, with some parameters changed."""
        self.wanted = replace(self.wanted, parameters={**self.wanted.parameters, **parameters})
        BLUEPRINT.check(self.wanted.parameters)
        BLUEPRINT.configure(self, self.wanted, self.credentials, self.certificate)

    def client(self, **kwargs: Any) -> httpx.Client:
        """A client that trusts the site's authority."""
        trusted = ssl.create_default_context(cadata=self.certificate.authority)
        return httpx.Client(verify=trusted, timeout=10, trust_env=False, **kwargs)

    def get(self, path: str = "/", *, port: int = 443, host: str = "", **kwargs: Any) -> httpx.Response:
        """One page, as a browser asks for it."""
        with self.client() as client:
            return ask(client, self, path, port=port, host=host, **kwargs)

    def seen(self) -> dict[str, MemberSeen]:
        """How each member is seen, by the name of its service."""
        found = BLUEPRINT.balancer.standing(self.wanted, self.credentials, self.certificate.authority)
        return {each.name.partition(":")[0]: each for each in found}


def ask(
    client: httpx.Client, of: Balanced, path: str = "/", *, port: int = 443, host: str = "", **kwargs: Any
) -> httpx.Response:
    """One page, by a client that goes on."""
    scheme = "http" if port in (80, 8081, 8082) else "https"
    headers = {"host": host or of.wanted.hostname, **kwargs.pop("headers", {})}
    url = f"{scheme}://{of.wanted.address}:{port}{path}"
    return client.request(
        kwargs.pop("method", "GET"), url, headers=headers, extensions={"sni_hostname": of.wanted.hostname}, **kwargs
    )


def members(*names: str, port: int = 8080, **more: Any) -> list[dict[str, Any]]:
    """Members of a pool, by their services' names."""
    return [{"service": name, "port": port, **more} for name in names]


def pool(*names: str, port: int = 8080, **more: Any) -> dict[str, Any]:
    """A pool that is checked often, and quickly."""
    quick = {"check_seconds": 1, "check_rise": 1, "check_fall": 1, "check_path": "/well"}
    return {"name": "web", **quick, "members": members(*names, port=port), **more}


@pytest.fixture(scope="session")
def balancer_image(incus: IncusEngine) -> str:
    return built(incus, BLUEPRINT)


@pytest.fixture(scope="package")
def balanced(incus: IncusEngine, balancer_image: str) -> Iterator[Balanced]:
    """One with two members, `un` and `deux`, which all tests share."""
    rig = Rig(incus, namespace.current())
    network = rig.prefix.rstrip("-") + "net"
    incus.ensure_network(network)
    try:
        yield _made(rig, network, balancer_image)
    finally:
        rig.clear()
        incus.delete_network(network)


def _made(rig: Rig, network: str, image: str) -> Balanced:
    behind, ca = {}, authority()
    for number, name in enumerate(("un", "deux"), start=2):
        spec, wanted = rig.begin(BLUEPRINT, image, name, SIZE, {})
        behind[name] = Behind(rig.engine, spec.name, f"{SUBNET}.{number}", wanted.hostname, network)
        _plug(rig, network, spec.name, f"{SUBNET}.{number}")
        behind[name].answer(tls=_certificate(ca, wanted.hostname, f"{SUBNET}.{number}"))
    spec, wanted = rig.begin(BLUEPRINT, image, "lb", SIZE, {"pools": [pool("un", "deux")]})
    _plug(rig, network, spec.name, f"{SUBNET}.9")
    neighbours = {name: Neighbour(each.address, each.hostname) for name, each in behind.items()}
    certificate = _certificate(ca, wanted.hostname, wanted.address)
    made = Balanced(rig.engine, spec, replace(wanted, neighbours=neighbours), certificate, behind)
    made.configure()
    return made


def _certificate(ca: Authority, hostname: str, address: str) -> ServerCertificate:
    issued = issue(ca, hostname, address)
    return ServerCertificate(issued.certificate, issued.key, ca.certificate)


def _plug(rig: Rig, network: str, machine: str, address: str) -> None:
    card = Card(network, address)
    rig.engine.attach(machine, card)
    use(rig.engine, machine, Attached(card, 24))
