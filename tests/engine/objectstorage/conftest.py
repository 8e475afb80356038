"""Object storage machines as the platform runs them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from tests.engine.conftest import Rig, built, rigged
from tests.engine.tenants import Tenant
from tests.support.authorities import authority

from souk.blueprints.objectstorage import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import BindingRole, Credentials, Repository, Size

MIB = 1024**2
SIZE = Size(vcpus=1, memory=1024 * MIB, disk=4096 * MIB)
PATIENCE = {"max_attempts": 1}


@dataclass
class Storage(Tenant):
    """An object storage machine, and what its owner knows."""

    def further_names(self) -> Sequence[str]:
        return [f"*.{self.wanted.hostname}"]

    def configure(self) -> None:
        """Bring the machine to what is wanted."""
        BLUEPRINT.configure(self, self.wanted, self.credentials, self.certificate)

    def grant(self, name: str, bucket: str = "", role: BindingRole = BindingRole.WRITER) -> Credentials:
        """A binding's credentials, made and in force, for a bucket (empty: one of its own)."""
        made = BLUEPRINT.binder.binding(self.wanted, name, secrets.token_urlsafe(24))
        credentials = replace(made, database=bucket or made.database)
        BLUEPRINT.binder.grant(self, self.wanted, credentials, role)
        return credentials

    def revoke(self, name: str) -> None:
        """Have a binding's credentials refused."""
        BLUEPRINT.binder.revoke(self, self.wanted, name)

    def repository(self, key: Credentials) -> Repository:
        """Where a service's backups go that has this key."""
        return Repository(
            host=self.wanted.hostname,
            address=self.wanted.address,
            port=BLUEPRINT.port,
            region="us-east-1",
            bucket=key.database,
            access_key=key.username,
            authority=self.authority.certificate,
            secret_key=key.password,
            passphrase=secrets.token_urlsafe(32),
        )

    def client(self, credentials: Credentials, folder: Path, *, trusted: str = "", style: str = "path") -> Any:
        """A client such as customers use. The certificate holds the address too, so that no name need resolve, unless
        the bucket is a part of it (the style `virtual`).
        """
        file = folder / f"{secrets.token_hex(4)}.pem"
        file.write_text(trusted or self.authority.certificate)
        return boto3.client(
            "s3",
            endpoint_url=f"https://{self.wanted.address if style == 'path' else self.wanted.hostname}:{BLUEPRINT.port}",
            aws_access_key_id=credentials.username,
            aws_secret_access_key=credentials.password,
            region_name="us-east-1",
            verify=str(file),
            config=Config(
                retries=PATIENCE,
                connect_timeout=5,
                s3={"addressing_style": style},
                # Without being told, it signs addresses the older way, which knows of buckets in paths only.
                signature_version="s3v4" if style == "virtual" else None,
            ),
        )


def order(rig: Rig, image: str, number: int = 1) -> Storage:
    """A machine made and started, not configured yet."""
    spec, wanted = rig.begin(BLUEPRINT, image, f"os{number}", SIZE, {}, platform=True)
    return Storage(rig.engine, spec, wanted, BLUEPRINT.credentials({}, secrets.token_urlsafe(24)), authority())


@pytest.fixture(scope="session")
def storage_image(incus: IncusEngine) -> str:
    return built(incus, BLUEPRINT)


@pytest.fixture(scope="session")
def storage(incus: IncusEngine, storage_image: str) -> Iterator[Storage]:
    """One configured server that several tests share."""
    with rigged(incus) as rig:
        made = order(rig, storage_image)
        made.configure()
        yield made


@pytest.fixture
def own_storage(rig: Rig, storage_image: str) -> Storage:
    """A configured server of the test's own."""
    made = order(rig, storage_image)
    made.configure()
    return made
