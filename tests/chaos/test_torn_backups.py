"""Object storage that dies while it is written to, and a backup that is torn: said, seen, and the others stay good."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable
from uuid import UUID

import boto3
import pytest
from botocore.config import Config
from tests.engine.conftest import image, incus
from tests.engine.reconciler.conftest import Shop, shop_with_storage
from tests.engine.reconciler.test_backups import back_up, numbers, write
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.world import operator

from souk.blueprints.postgresql import probing
from souk.ordering import commands as ordering
from souk.ordering.commands import RestoreDetails
from souk.ordering.queries import order, subscription_of
from souk.provisioning import commands
from souk.provisioning.contract import BackupKind
from souk.provisioning.queries import backups, machines, operation, services
from souk.provisioning.reconciler.repositories import open_repository
from souk.provisioning.storage import storage_of
from souk.sites.queries import sites

__all__ = ["image", "incus", "shop_with_storage"]
pytestmark = [pytest.mark.chaos, pytest.mark.engine]
STORAGE_CUTS = int(os.environ.get("SOUK_CHAOS_STORAGE_CUTS", "5"))
SEED = int(os.environ.get("SOUK_SEED", "20261126"))
BACKUPS, LABEL = "postgresql/backup/souk/", re.compile(r"/\d{8}-\d{6}F/")
ENDED = {"succeeded", "failed", "cancelled"}


def test_storage_that_dies_is_back_and_a_torn_backup_is_told_of(
    shop_with_storage: Shop, record_property: Callable[[str, object], None]
) -> None:
    shop, chance = shop_with_storage, random.Random(SEED)
    shop.worker.start()
    instance = shop.order("compta")
    assert until(lambda: subscription_of(shop.buyer.scope, instance).state == "active"), shop.worker.log
    assert until(lambda: all(row.state == "ready" for row in services(operator()))), shop.worker.log
    good = write(shop, instance, 1, 1000)
    back_up(shop, instance, BackupKind.FULL)
    good = write(shop, instance, 1001, 2000)
    succeeded = _cuts(shop, instance, chance)
    before = len(_available(shop, instance))
    back_up(shop, instance, BackupKind.FULL)
    assert len(_available(shop, instance)) == before + 1
    _tear(shop, instance)
    _is_told(shop, instance)
    assert _restored(shop, RestoreDetails(instance, "alors", good)) == list(range(1, 2001))
    record_property("storage power cuts", STORAGE_CUTS)
    record_property("backups made all the same", succeeded)
    record_property("torn backups told of", 1)
    record_property("seed", SEED)


def _cuts(shop: Shop, instance: UUID, chance: random.Random) -> int:
    """Cut the storage's power while a backup is made; how many were made all the same."""
    [storage] = [row.name for row in machines(operator()) if row.instance_id == storage_of(sites()[0].id)]
    succeeded = 0
    for _ in range(STORAGE_CUTS):
        asked = commands.back_up_instance(shop.buyer.scope, instance, BackupKind.DIFFERENTIAL)
        time.sleep(chance.uniform(0.0, 4.0))
        shop.engine.stop(storage, force=True)
        assert until(lambda asked=asked: operation(shop.buyer.scope, asked).state in ENDED, 300), shop.worker.log
        succeeded += operation(shop.buyer.scope, asked).state == "succeeded"
        assert until(lambda: all(row.state == "ready" for row in services(operator())), 120), shop.worker.log
    assert not [name for name in shop.made() if name not in {row.name for row in machines(operator())}]
    return succeeded


def _tear(shop: Shop, instance: UUID) -> None:
    """Cut the largest object of the newest backup short, with the repository's own key."""
    repository = open_repository(instance, shop.engine)
    with probing.certificate_file(repository.authority) as file:
        client = boto3.client(
            "s3",
            endpoint_url=f"https://{repository.address}:{repository.port}",
            aws_access_key_id=repository.access_key,
            aws_secret_access_key=repository.secret_key,
            region_name=repository.region,
            verify=file,
            config=Config(s3={"addressing_style": "path"}),
        )
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=repository.bucket, Prefix=BACKUPS)
        found = [row for page in pages for row in page.get("Contents", ()) if LABEL.search(row["Key"])]
        newest = max(LABEL.search(row["Key"])[0] for row in found)
        key = max((row for row in found if newest in row["Key"]), key=lambda row: row["Size"])["Key"]
        content = client.get_object(Bucket=repository.bucket, Key=key)["Body"].read()
        client.put_object(Bucket=repository.bucket, Key=key, Body=content[: len(content) // 2])


def _is_told(shop: Shop, instance: UUID) -> None:
    """The proof fails and says so, no machine of it is left, and nothing counts as proved."""
    asked = commands.prove_backups(shop.buyer.scope, instance)
    assert until(lambda: operation(shop.buyer.scope, asked).state in ENDED, 300), shop.worker.log
    assert operation(shop.buyer.scope, asked).state == "failed"
    assert operation(shop.buyer.scope, asked).trouble
    newest = backups(shop.buyer.scope, instance).backups[0]
    assert newest.proved_at is None
    assert len([name for name in shop.made() if name.startswith("pg-")]) == 1


def _available(shop: Shop, instance: UUID) -> list[str]:
    return [row.state for row in backups(shop.buyer.scope, instance).backups if row.state == "available"]


def _restored(shop: Shop, details: RestoreDetails) -> list[int]:
    made = ordering.restore(shop.buyer.scope, details)
    assert until(lambda: order(shop.buyer.scope, made).state not in {"placed", "provisioning"}, 300), shop.worker.log
    return numbers(shop, order(shop.buyer.scope, made).instance_id)
