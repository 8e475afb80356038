"""MariaDB machines as a customer gets them, and PyMySQL as a customer's client."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.engine.conftest import Rig, image_cache
from tests.support.authorities import authority

from souk.blueprints.mariadb import BLUEPRINT, probing
from souk.engines import images
from souk.engines.contract import Execution, MachineSpec
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import BindingRole, Credentials, ServerCertificate, Size, Wanted
from souk.settings import namespace
from souk.sites.authority import Authority
from souk.sites.certificates import issue

MIB = 1024**2
SIZE = Size(vcpus=1, memory=512 * MIB, disk=1024 * MIB)


@dataclass
class Service:
    """A MariaDB machine, and what its customer knows."""

    engine: IncusEngine
    spec: MachineSpec
    wanted: Wanted
    credentials: Credentials
    authority: Authority
    certificate: ServerCertificate = field(init=False)

    def __post_init__(self) -> None:
        issued = issue(self.authority, self.wanted.hostname, self.wanted.address)
        self.certificate = ServerCertificate(issued.certificate, issued.key, self.authority.certificate)

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command in the machine: what makes this a blueprint's guest."""
        return self.engine.execute(self.spec.name, command, stdin=stdin, timeout=timeout)

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
    """The image, built if the recipe or Debian changed."""
    images.ensure(incus, BLUEPRINT.recipe, image_cache())
    return BLUEPRINT.recipe.alias


@pytest.fixture(scope="session")
def service(incus: IncusEngine, maria_image: str) -> Iterator[Service]:
    """One configured service that several tests share; they leave it as they found it."""
    rig = Rig(incus, namespace.current())
    try:
        made = order(rig, maria_image)
        made.configure()
        yield made
    finally:
        rig.clear()
