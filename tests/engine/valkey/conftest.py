"""A Valkey server as a customer gets it, used by the real client."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import valkey
from tests.engine.conftest import Rig, built, rigged
from tests.engine.tenants import Tenant
from tests.support.authorities import authority

from souk.blueprints.valkey import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import BindingRole, Credentials, Health, Size

MIB = 1024**2
SIZE = Size(vcpus=1, memory=256 * MIB, disk=1024 * MIB)


@dataclass
class Server(Tenant):
    """A machine, and what its owner knows."""

    folder: Path

    def configure(self, **parameters: Any) -> None:
        """Bring the machine to what is wanted, with these parameters from now on."""
        self.wanted = replace(self.wanted, parameters={**self.wanted.parameters, **parameters})
        BLUEPRINT.configure(self, self.wanted, self.credentials, self.certificate)

    def probe(self) -> Health:
        """Whether it is healthy, seen from outside."""
        return BLUEPRINT.probe(self.wanted, self.credentials, self.authority.certificate)

    def die(self) -> None:
        """End as by a power cut of the machine, and be there again."""
        self.execute(["systemctl", "kill", "--signal=KILL", "souk-valkey.service"])
        deadline = time.monotonic() + 20
        while not self.probe().ok:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def grant(self, name: str, role: BindingRole = BindingRole.OWNER) -> Credentials:
        """A binding's credentials, made and in force."""
        credentials = BLUEPRINT.binder.binding(self.wanted, name, secrets.token_urlsafe(24))
        BLUEPRINT.binder.grant(self, self.wanted, credentials, role)
        return credentials

    def client(self, credentials: Credentials | None = None, **told: Any) -> valkey.Valkey:
        """The client that customers use. The certificate holds the address too, so that no name need resolve."""
        known = credentials or self.credentials
        file = self.folder / "authority.pem"
        file.write_text(self.authority.certificate)
        given = {
            "host": self.wanted.address,
            "port": BLUEPRINT.port,
            "username": known.username,
            "password": known.password,
            "ssl": True,
            "ssl_ca_certs": str(file),
            "decode_responses": True,
            "socket_timeout": 10,
        }
        return valkey.Valkey(**{**given, **told})


def order(rig: Rig, image: str, folder: Path, number: int = 1, size: Size = SIZE, **parameters: Any) -> Server:
    """A machine made and started, not configured yet."""
    spec, wanted = rig.begin(BLUEPRINT, image, f"vk{number}", size, parameters)
    credentials = BLUEPRINT.credentials({}, secrets.token_urlsafe(24))
    return Server(rig.engine, spec, wanted, credentials, authority(), folder)


@pytest.fixture(scope="session")
def valkey_image(incus: IncusEngine) -> str:
    return built(incus, BLUEPRINT)


@pytest.fixture(scope="session")
def server(incus: IncusEngine, valkey_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server that keeps each write, and that several tests share."""
    with rigged(incus) as rig:
        made = order(rig, valkey_image, tmp_path_factory.mktemp("valkey"))
        made.configure()
        yield made


@pytest.fixture(autouse=True)
def emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test leaves in the shared server is no other one's."""
    yield
    if "server" in request.fixturenames:
        request.getfixturevalue("server").client().flushall()
