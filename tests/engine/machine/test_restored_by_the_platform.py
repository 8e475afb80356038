"""A machine's backups as the platform makes, proves and restores them, with its own object storage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.conftest import image_cache
from tests.engine.machine.conftest import Yard, key_pair
from tests.engine.reconciler.conftest import opened
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.workers import Worker
from tests.support.world import operator

from souk.blueprints.machine import BLUEPRINT
from souk.blueprints.objectstorage import BLUEPRINT as STORAGE
from souk.engines import images
from souk.engines.incus import IncusEngine
from souk.provisioning import commands
from souk.provisioning.queries import backups, connection_of, operations, service, services

pytestmark = pytest.mark.engine


@pytest.fixture
def yard_with_storage(own_database: str, incus: IncusEngine, machine_image: str, tmp_path: Path) -> Iterator[Yard]:
    """Machines for sale on a site that keeps backups."""
    images.ensure(incus, STORAGE.recipe, image_cache())
    with opened(incus, Worker(tmp_path / "worker.log", storage="own"), BLUEPRINT, STORAGE) as shop:
        shop.worker.start()
        assert until(lambda: [row.state for row in services(operator())] == ["ready"]), shop.worker.log
        yield Yard(shop, tmp_path)


def test_a_machine_is_backed_up_proved_and_restored_in_place_known_as_before(
    yard_with_storage: Yard, tmp_path: Path
) -> None:
    yard, scope = yard_with_storage, yard_with_storage.shop.buyer.scope
    key = key_pair(tmp_path)
    instance = yard.order(key, user_data="#!/bin/sh\necho once >> /root/began\n")
    first = "sudo adduser --disabled-password --gecos '' amina && echo garder | sudo tee /home/amina/note"
    assert yard.ssh(instance, key, first) == 0
    yard.done(commands.back_up_instance(scope, instance))
    proof = next(row for row in operations(scope, instance) if row.kind == "prove")
    yard.done(proof.id)
    kept = backups(scope, instance)
    assert kept.proved_at == kept.backups[0].proved_at is not None
    assert 10**8 < (kept.backups[0].size or 0) < 10**9

    before = connection_of(scope, instance)
    assert yard.ssh(instance, key, "sudo userdel --remove amina && sudo touch /root/after") == 0
    yard.done(commands.restore_in_place(scope, instance, kept.instants[0]))
    yard.until_ready(instance)
    after = connection_of(scope, instance)
    assert (after.connection.known_hosts, after.address != before.address) == (before.connection.known_hosts, True)
    assert yard.ssh(instance, key, "sudo grep garder /home/amina/note && id amina && ! sudo test -e /root/after") == 0
    assert yard.ssh(instance, key, 'test "$(sudo cat /root/began)" = once') == 0
    assert service(scope, instance).state == "ready"
