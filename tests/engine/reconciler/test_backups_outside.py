"""Backups into an S3 server that is none of the platform's: a SeaweedFS of which only settings tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.engine.conftest import Rig, image_cache
from tests.engine.objectstorage.conftest import Storage
from tests.engine.objectstorage.conftest import order as order_storage
from tests.engine.reconciler.conftest import Shop, opened
from tests.engine.reconciler.test_backups import _restored, back_up, numbers, write
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.workers import Worker
from tests.support.world import operator

from souk.blueprints.objectstorage import BLUEPRINT as STORAGE
from souk.blueprints.postgresql import BLUEPRINT
from souk.engines import images
from souk.engines.incus import IncusEngine
from souk.ordering.commands import RestoreDetails
from souk.ordering.queries import subscription_of
from souk.provisioning.queries import backups, operations, services
from souk.settings.doctor import storage as doctor
from souk.settings.doctor.finding import Level

pytestmark = pytest.mark.engine


@pytest.fixture
def elsewhere(rig: Rig) -> Storage:
    """A server with a bucket that all services share."""
    images.ensure(rig.engine, STORAGE.recipe, image_cache())
    made = order_storage(rig, STORAGE.recipe.alias)
    made.configure()
    _let_it_make_keys(made)
    return made


def _let_it_make_keys(storage: Storage) -> None:
    unit = "/etc/systemd/system/souk-objectstorage.service"
    again = "systemctl daemon-reload && systemctl restart souk-objectstorage"
    command = f"sed -i 's/-s3.iam=false/-s3.iam=true -s3.iam.readOnly=false/' {unit} && {again}"
    assert storage.execute(["sh", "-c", command]).exit_code == 0
    storage.configure()


@pytest.fixture(params=["", "iam"], ids=["one key for all", "a key for each"])
def told(request: pytest.FixtureRequest, elsewhere: Storage, tmp_path: Path, settings: Any) -> dict[str, str]:
    """What the operator sets, for the worker and for this process."""
    key, files = elsewhere.grant("everything"), {"key_file": tmp_path / "s3.key", "ca_file": tmp_path / "s3.crt"}
    # Who makes keys must be allowed to.
    given = elsewhere.credentials if request.param else key
    files["key_file"].write_text(f"{given.username}\n{given.password}\n")
    files["ca_file"].write_text(elsewhere.authority.certificate)
    place = {
        "endpoint": f"https://{elsewhere.wanted.hostname}:{STORAGE.port}",
        "region": "us-east-1",
        "bucket": key.database,
        "folder": "souk/temara",
        "address": elsewhere.wanted.address,
        "iam": f"https://{elsewhere.wanted.hostname}:{STORAGE.port}" if request.param else "",
        **{name: str(path) for name, path in files.items()},
    }
    settings.OBJECT_STORAGE, settings.S3 = "s3", place
    return {f"SOUK_S3_{name.upper()}": value for name, value in place.items()}


@pytest.fixture
def shop(own_database: str, incus: IncusEngine, image: str, tmp_path: Path, told: dict[str, Any]) -> Iterator[Shop]:
    """PostgreSQL for sale, on a site without an object storage of its own."""
    with opened(incus, Worker(tmp_path / "worker.log", storage="s3", told=told), BLUEPRINT, STORAGE) as shop:
        shop.worker.start()
        yield shop


def _ordered(shop: Shop, name: str) -> UUID:
    made = shop.order(name)
    assert until(lambda: subscription_of(shop.buyer.scope, made).state == "active"), shop.worker.log
    return made


def test_two_services_are_kept_proved_and_restored_from_folders_of_one_bucket(
    shop: Shop, elsewhere: Storage, tmp_path: Path
) -> None:
    (found,) = doctor.check()
    assert found.level == Level.OK, found
    scope, both = shop.buyer.scope, [_ordered(shop, "compta"), _ordered(shop, "ventes")]
    for number, each in enumerate(both):
        write(shop, each, 1 + 1000 * number, 10 + 1000 * number)
        back_up(shop, each)
        assert until(lambda each=each: backups(scope, each).proved_at is not None), (
            operations(scope, each)[0],
            shop.worker.log,
        )
    assert {row.blueprint for row in services(operator())} == {"postgresql"}
    client = elsewhere.client(elsewhere.credentials, tmp_path)
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="b-everything")
    names = [row["Key"] for page in pages for row in page["Contents"]]
    folders = {"/".join(name.split("/")[:3]) for name in names}
    assert len(folders) == 2
    assert all(name.startswith("souk/temara/pg-") for name in names)
    copy = _restored(shop, RestoreDetails(both[1], "copie"))
    assert numbers(shop, copy) == list(range(1001, 1011))
