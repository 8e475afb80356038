"""MariaDB machines as a customer gets them, and PyMySQL as a customer's client."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from tests.engine.conftest import Rig, built, rigged
from tests.engine.tenants import Tenant
from tests.support.authorities import authority

from souk.blueprints.mariadb import BLUEPRINT, probing
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import BindingRole, Credentials, Size

MIB = 1024**2
SIZE = Size(vcpus=1, memory=512 * MIB, disk=1024 * MIB)


@dataclass
class Service(Tenant):
    """A MariaDB machine, and what its customer knows."""

    def configure(self) -> None:
        """Bring the machine to what is wanted."""
        BLUEPRINT.configure(self, self.wanted, self.credentials, self.certificate)

    def connect(self, credentials: Credentials | None = None) -> AbstractContextManager[Any]:
        """A customer's connection."""
        return probing.connect(self.wanted, credentials or self.credentials, self.authority.certificate)

    def ask(self, *statements: str, credentials: Credentials | None = None) -> list[tuple[Any, ...]]:
        """What the last of these statements answered, one connection for all."""
        with self.connect(credentials) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def bind(self, name: str, role: BindingRole = BindingRole.OWNER, database: str = "app") -> Credentials:
        """Further credentials."""
        given = Credentials(name, secrets.token_urlsafe(24), database)
        BLUEPRINT.binder.grant(self, self.wanted, given, role)
        return given


def order(rig: Rig, image: str, number: int = 1, **parameters: Any) -> Service:
    """A machine made and started, not configured yet."""
    spec, wanted = rig.begin(BLUEPRINT, image, f"my{number}", SIZE, {"databases": ["app"], **parameters})
    credentials = BLUEPRINT.credentials(wanted.parameters, secrets.token_urlsafe(24))
    return Service(rig.engine, spec, wanted, credentials, authority())


@pytest.fixture(scope="session")
def maria_image(incus: IncusEngine) -> str:
    return built(incus, BLUEPRINT)


@pytest.fixture(scope="session")
def service(incus: IncusEngine, maria_image: str) -> Iterator[Service]:
    """One configured service that several tests share; they leave it as they found it."""
    with rigged(incus) as rig:
        made = order(rig, maria_image)
        made.configure()
        yield made
