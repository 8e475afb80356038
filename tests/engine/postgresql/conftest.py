"""PostgreSQL machines as a customer gets them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from tests.engine.conftest import Rig, rigged
from tests.engine.tenants import Tenant
from tests.support.authorities import authority

from souk.blueprints.postgresql import BLUEPRINT, probing
from souk.engines.contract import Execution
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import Size

MIB = 1024**2
SIZE = Size(vcpus=1, memory=512 * MIB, disk=1024 * MIB)


@dataclass
class Service(Tenant):
    """A PostgreSQL machine, and what its customer knows."""

    def configure(self) -> None:
        """Bring the machine to what is wanted."""
        BLUEPRINT.configure(self, self.wanted, self.credentials, self.certificate)

    def connect(self, **changes: Any) -> psycopg.Connection[tuple[Any, ...]]:
        """A customer's connection, with some of its parameters changed."""
        with probing.certificate_file(self.authority.certificate) as file:
            options = probing.connection_options(self.wanted, self.credentials, file)
            return psycopg.connect(**{**options, **changes})

    def python(self, program: str, *arguments: str, timeout: float = 60.0) -> Execution:
        """Run a Python program as root in the machine."""
        return self.execute(["/usr/bin/python3", "-c", program, *arguments], timeout=timeout)


def order(rig: Rig, image: str, number: int = 1, **parameters: Any) -> Service:
    """A machine made and started, not configured yet."""
    environment = BLUEPRINT.upgrader.environment(str(parameters.get("version", "17")))
    given = {"version": "17", "databases": ["app"], "extensions": [], **parameters}
    spec, wanted = rig.begin(BLUEPRINT, image, str(number), SIZE, given, environment=environment)
    credentials = BLUEPRINT.credentials(wanted.parameters, secrets.token_urlsafe(24))
    return Service(rig.engine, spec, wanted, credentials, authority())


@pytest.fixture(scope="session")
def service(incus: IncusEngine, image: str) -> Iterator[Service]:
    """One configured service that several tests share; they leave it as they found it."""
    with rigged(incus) as rig:
        made = order(rig, image)
        made.configure()
        yield made


@pytest.fixture
def own_service(rig: Rig, image: str) -> Service:
    """A configured service of the test's own."""
    made = order(rig, image)
    made.configure()
    return made


def with_password(service: Service, password: str) -> Service:
    """The same service, its customer using another password."""
    return replace(service, credentials=replace(service.credentials, password=password))
