"""A repository on real object storage, and PostgreSQL machines that are kept in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.engine.conftest import Rig, image_cache, rigged
from tests.engine.objectstorage.conftest import Storage
from tests.engine.objectstorage.conftest import order as order_storage
from tests.engine.postgresql.conftest import Service
from tests.engine.postgresql.conftest import order as order_service

from souk.blueprints.objectstorage import BLUEPRINT as OBJECT_STORAGE
from souk.blueprints.postgresql import BLUEPRINT
from souk.engines import images
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import BackupFound, BackupKind, Credentials, Fingerprint, Repository

ARCHIVIST = BLUEPRINT.archivist
KEPT = "A-VALUE-THAT-NOBODY-ELSE-SHALL-READ"


@dataclass
class Kept:
    """A PostgreSQL service with a repository of its own."""

    service: Service
    storage: Storage
    key: Credentials
    repository: Repository = field(init=False)

    def __post_init__(self) -> None:
        self.repository = self.storage.repository(self.key)

    def attach(self) -> None:
        """Keep the service's history from now on, and have all of it so far in the repository."""
        ARCHIVIST.attach(self.service, self.service.wanted, self.repository)

    def back_up(self, label: str, kind: BackupKind = BackupKind.FULL) -> None:
        """Make a backup."""
        ARCHIVIST.back_up(self.service, self.service.wanted, kind, label)

    def backups(self) -> dict[str, BackupFound]:
        """What the repository holds."""
        return dict(ARCHIVIST.backups(self.service, self.service.wanted))

    def fingerprint(self) -> Fingerprint:
        """The checksum of the service's data."""
        return ARCHIVIST.fingerprint(self.service, self.service.wanted)

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement as the customer, and return its rows."""
        with self.service.connect() as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    def now(self) -> datetime:
        """The service's time, after which the next commit comes."""
        [(at,)] = self.sql("SELECT clock_timestamp()")
        assert isinstance(at, datetime)
        return at.astimezone(UTC)

    def objects(self, folder: Path) -> Iterator[bytes]:
        """Every object of the repository's bucket, as the server holds it."""
        client = self.storage.client(self.storage.credentials, folder)
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=self.repository.bucket):
            for row in page.get("Contents", ()):
                content: bytes = client.get_object(Bucket=self.repository.bucket, Key=row["Key"])["Body"].read()
                yield content


def keep(service: Service, storage: Storage, name: str) -> Kept:
    """Give a service a bucket and let it keep its history there."""
    kept = Kept(service, storage, storage.grant(name))
    kept.attach()
    return kept


def restore(rig: Rig, image: str, kept: Kept, until: datetime | None, number: int = 50) -> Service:
    """A new service with another's data as it was at a time."""
    made = order_service(rig, image, number)
    ARCHIVIST.restore(made, made.wanted, kept.repository, until)
    made.configure()
    return made


@pytest.fixture(scope="session")
def storage_image(incus: IncusEngine) -> str:
    """The object storage image, built if the recipe or Debian changed."""
    images.ensure(incus, OBJECT_STORAGE.recipe, image_cache())
    return OBJECT_STORAGE.recipe.alias


@pytest.fixture(scope="module")
def storage(incus: IncusEngine, storage_image: str) -> Iterator[Storage]:
    """One object storage that a module's tests share; its neighbours reach it."""
    with rigged(incus) as rig:
        made = order_storage(rig, storage_image)
        made.configure()
        yield made


@pytest.fixture
def own_storage(rig: Rig, storage_image: str) -> Storage:
    """An object storage that the test may stop."""
    made = order_storage(rig, storage_image)
    made.configure()
    return made


@pytest.fixture(scope="module")
def kept(incus: IncusEngine, image: str, storage: Storage) -> Iterator[Kept]:
    """One service with a repository, that a module's tests share."""
    with rigged(incus) as rig:
        service = order_service(rig, image, 40)
        service.configure()
        yield keep(service, storage, "pg_kept01")


@pytest.fixture
def own_service(rig: Rig, image: str) -> Service:
    """A configured service of the test's own, without a repository."""
    made = order_service(rig, image)
    made.configure()
    return made
