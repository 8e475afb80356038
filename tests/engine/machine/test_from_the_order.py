"""A real order, a real worker, a real client: from an order to `ssh`, other keys, a stop and a start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.engine.machine.conftest import KeyPair, key_pair
from tests.engine.reconciler.conftest import Shop, opened
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.workers import Worker

from souk.blueprints.machine import BLUEPRINT
from souk.cli import ssh
from souk.engines.incus import IncusEngine
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import commands
from souk.provisioning.queries import connection_of, operation, service

pytestmark = pytest.mark.engine


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
        instance = order(scope, ordering.place_order(scope, details)).instance_id
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


def test_an_order_ends_in_a_machine_that_only_its_keys_open(yard: Yard, tmp_path: Path) -> None:
    mine, other = key_pair(tmp_path, "mine"), key_pair(tmp_path, "other")
    instance = yard.order(mine)
    assert yard.ssh(instance, mine, "sudo", "true") == 0
    assert yard.ssh(instance, other, "true") == 255

    yard.done(commands.change_parameters(yard.shop.buyer.scope, instance, {"ssh_keys": [other.public]}))
    assert yard.ssh(instance, other, "true") == 0
    assert yard.ssh(instance, mine, "true") == 255

    known = connection_of(yard.shop.buyer.scope, instance).connection.known_hosts
    yard.done(commands.restart_instance(yard.shop.buyer.scope, instance))
    assert connection_of(yard.shop.buyer.scope, instance).connection.known_hosts == known
    assert yard.ssh(instance, other, "true") == 0
