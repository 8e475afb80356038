"""Machines as a customer gets them, used with OpenSSH's own client."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.engine.conftest import Rig, built, rigged
from tests.engine.reconciler.conftest import Shop, opened
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.authorities import authority
from tests.support.workers import Worker

from souk.blueprints.machine import BLUEPRINT
from souk.cli import ssh
from souk.engines.contract import Execution, MachineSpec
from souk.engines.incus import IncusEngine
from souk.ordering import commands as ordering
from souk.ordering.queries import order as find_order
from souk.provisioning.contract import Connection, Credentials, ServerCertificate, Size, Wanted
from souk.provisioning.queries import connection_of, operation, service
from souk.sites.certificates import issue

MIB = 1024**2
SIZE = Size(vcpus=1, memory=512 * MIB, disk=1024 * MIB)


@dataclass(frozen=True)
class KeyPair:
    """A customer's key: its private file, and the line for others."""

    file: Path
    public: str


def key_pair(folder: Path, name: str = "key", kind: str = "ed25519") -> KeyPair:
    """A new pair, made by OpenSSH."""
    file = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", f"{name} of a test", "-f", file], check=True)
    return KeyPair(file, file.with_suffix(".pub").read_text().strip())


@dataclass
class Box:
    """A machine, and what its customer knows."""

    engine: IncusEngine
    spec: MachineSpec
    wanted: Wanted
    key: KeyPair
    folder: Path
    credentials: Credentials = field(init=False)
    certificate: ServerCertificate = field(init=False)

    def __post_init__(self) -> None:
        ca = authority()
        issued = issue(ca, self.wanted.hostname, self.wanted.address)
        self.certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
        self.credentials = BLUEPRINT.credentials(self.wanted.parameters, "")

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command in the machine: what makes this a blueprint's guest."""
        return self.engine.execute(self.spec.name, command, stdin=stdin, timeout=timeout)

    def configure(self, **parameters: Any) -> None:
        """Bring the machine to what is wanted, with some parameters changed, and see what it is recognized by."""
        self.wanted = replace(self.wanted, parameters={**self.wanted.parameters, **parameters})
        BLUEPRINT.configure(self, self.wanted, self.credentials, self.certificate)
        self.wanted = replace(self.wanted, identity=BLUEPRINT.identity.read(self, self.wanted))

    @property
    def connection(self) -> Connection:
        """What its customer is told."""
        return BLUEPRINT.connection(self.wanted, self.credentials.username, "")

    def ssh(self, *command: str, key: KeyPair | None = None, user: str = "debian", stdin: str = "") -> Execution:
        """Run a command by OpenSSH's client, which accepts the host key that the customer was told of and no other."""
        known_hosts = self.folder / f"known_hosts-{self.spec.name}"
        known_hosts.write_text(self.connection.known_hosts)
        options = {
            "BatchMode": "yes",
            "ConnectTimeout": "10",
            "HostKeyAlias": self.wanted.hostname,
            "IdentitiesOnly": "yes",
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": str(known_hosts),
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        done = subprocess.run(
            ["ssh", "-F", "none", *words, "-i", (key or self.key).file, f"{user}@{self.wanted.address}", *command],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Execution(done.returncode, done.stdout, done.stderr)


def order(rig: Rig, image: str, folder: Path, number: int = 1, **parameters: Any) -> Box:
    """A machine made and started, not configured yet."""
    label = f"mc{number}"
    key = key_pair(folder, rig.prefix + label)
    spec, wanted = rig.begin(BLUEPRINT, image, label, SIZE, {"ssh_keys": [key.public], **parameters})
    return Box(rig.engine, spec, wanted, key, folder)


@pytest.fixture(scope="session")
def machine_image(incus: IncusEngine) -> str:
    return built(incus, BLUEPRINT)


@pytest.fixture(scope="session")
def box(incus: IncusEngine, machine_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """One configured machine that several tests share; they leave it as they found it."""
    with rigged(incus) as rig:
        made = order(rig, machine_image, tmp_path_factory.mktemp("box"))
        made.configure()
        yield made


@pytest.fixture
def own_box(rig: Rig, machine_image: str, tmp_path: Path) -> Box:
    """A configured machine of the test's own."""
    made = order(rig, machine_image, tmp_path)
    made.configure()
    return made


@dataclass
class Yard:
    """A platform that sells machines on the real engine."""

    shop: Shop
    folder: Path

    def order(self, key: KeyPair, name: str = "atelier", **parameters: Any) -> UUID:
        """Order a machine, and wait until it is ready."""
        scope = self.shop.buyer.scope
        details = ordering.OrderDetails(
            self.shop.buyer.organization,
            "public",
            BLUEPRINT.starting_offering.slug,
            "s",
            "ma-temara",
            name,
            {"ssh_keys": [key.public], **parameters},
        )
        instance = find_order(scope, ordering.place_order(scope, details)).instance_id
        self.until_ready(instance)
        return instance

    def until_ready(self, instance: UUID) -> None:
        """Wait until a service is as desired."""
        scope = self.shop.buyer.scope
        ready = until(lambda: (row := service(scope, instance)).state == "ready" and row.ready_at is not None)
        assert ready, self.shop.worker.log

    def done(self, asked: UUID) -> None:
        """Wait until an operation has succeeded."""
        scope = self.shop.buyer.scope
        assert until(lambda: operation(scope, asked).state in {"succeeded", "failed"}), self.shop.worker.log
        assert operation(scope, asked).state == "succeeded", operation(scope, asked)

    def ssh(self, instance: UUID, key: KeyPair, *command: str) -> int:
        """Run a command by what `souk connect` runs; its exit status."""
        found = connection_of(self.shop.buyer.scope, instance)
        told = {
            "uri": found.connection.uri,
            "username": found.username,
            "address": found.address,
            "known_hosts": found.connection.known_hosts,
        }
        chosen = ("-F", "none", "-i", str(key.file), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes")
        return ssh.run(told, [*chosen, "--", *command])


@pytest.fixture
def yard(own_database: str, incus: IncusEngine, machine_image: str, tmp_path: Path) -> Iterator[Yard]:
    """Machines for sale, and a worker that runs."""
    with opened(incus, Worker(tmp_path / "worker.log"), BLUEPRINT) as shop:
        shop.worker.start()
        yield Yard(shop, tmp_path)
