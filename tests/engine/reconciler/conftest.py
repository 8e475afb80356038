"""The operator's own catalogue, a real worker, and nothing left on the engine afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock
from uuid import UUID

import pytest
from tests.engine.conftest import image_cache
from tests.support.workers import Worker
from tests.support.world import Customer, customer, operator

from souk.blueprints.coordination import BLUEPRINT as COORDINATION
from souk.blueprints.objectstorage import BLUEPRINT as STORAGE
from souk.blueprints.postgresql import BLUEPRINT
from souk.engines import images
from souk.engines.incus import IncusEngine
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import registry
from souk.provisioning.contract import Blueprint
from souk.provisioning.queries import machines
from souk.provisioning.reconciler import records
from souk.settings.seeds import seed
from souk.sites.commands import observe_hosts
from souk.sites.models import Host
from souk.sites.queries import sites


@dataclass
class Shop:
    """A platform of the test's own that sells PostgreSQL on the real engine."""

    engine: IncusEngine
    worker: Worker
    buyer: Customer

    def order(self, name: str, plan: str = "s") -> UUID:
        """Order PostgreSQL; returns the service instance."""
        details = ordering.OrderDetails(
            self.buyer.organization, "public", BLUEPRINT.starting_offering.slug, plan, "ma-temara", name
        )
        return order(self.buyer.scope, ordering.place_order(self.buyer.scope, details)).instance_id

    def made(self) -> set[str]:
        """Names of this shop's machines on the engine, whether recorded or not."""
        labels = {row.name.rpartition("-")[0] for row in machines(operator())}
        return {machine.name for machine in self.engine.machines() if machine.name.rpartition("-")[0] in labels}


@pytest.fixture
def shop(own_database: str, incus: IncusEngine, image: str, tmp_path: Path) -> Iterator[Shop]:
    """PostgreSQL for sale, a worker that isn't started yet, a customer."""
    with opened(incus, Worker(tmp_path / "worker.log"), BLUEPRINT) as shop:
        yield shop


@pytest.fixture
def shop_with_storage(own_database: str, incus: IncusEngine, image: str, tmp_path: Path) -> Iterator[Shop]:
    """The same, on a site that gets its own object storage when the worker starts."""
    images.ensure(incus, STORAGE.recipe, image_cache())
    with opened(incus, Worker(tmp_path / "worker.log", storage="own"), BLUEPRINT, STORAGE) as shop:
        yield shop


@pytest.fixture
def shop_with_waiting_machine(own_database: str, incus: IncusEngine, image: str, tmp_path: Path) -> Iterator[Shop]:
    """The same as `shop`, where a machine of the smallest plan waits ready once the worker has started."""
    with opened(incus, Worker(tmp_path / "worker.log", warm=1), BLUEPRINT) as shop:
        yield shop


@pytest.fixture
def shop_of_many(own_database: str, incus: IncusEngine, image: str, tmp_path: Path) -> Iterator[Shop]:
    """The same as `shop`, on a site that can have services on several machines."""
    images.ensure(incus, COORDINATION.recipe, image_cache())
    with opened(incus, Worker(tmp_path / "worker.log"), BLUEPRINT, COORDINATION) as shop:
        yield shop


@pytest.fixture
def shop_of_many_with_storage(own_database: str, incus: IncusEngine, image: str, tmp_path: Path) -> Iterator[Shop]:
    """Services on several machines, on a site that keeps backups."""
    for blueprint in (STORAGE, COORDINATION):
        images.ensure(incus, blueprint.recipe, image_cache())
    with opened(incus, Worker(tmp_path / "worker.log", storage="own"), BLUEPRINT, STORAGE, COORDINATION) as shop:
        yield shop


@contextmanager
def opened(incus: IncusEngine, worker: Worker, *sold: Blueprint) -> Iterator[Shop]:
    with mock.patch.object(registry, "blueprints", return_value={each.key: each for each in sold}):
        seed()
        _promise_freely(incus)
        shop = Shop(incus, worker, customer())
        try:
            yield shop
        finally:
            shop.worker.kill()
            before = {machine.private for machine in incus.machines() if machine.name in shop.made()}
            before |= set(records.bridges().wanted)
            for name in shop.made():
                incus.delete(name)
            for network in before - {""}:
                incus.delete_network(network)


def _promise_freely(incus: IncusEngine) -> None:
    """Let more be sold than this host has: what tests order hardly does anything, and its disk may be small."""
    observed = [(site.id, incus.hosts()) for site in sites()]
    for site, hosts in observed:
        observe_hosts(site, hosts)
    Host.objects.update(vcpu_overcommit=100, memory_overcommit=10, disk_overcommit=100)
    for site, hosts in observed:
        observe_hosts(site, hosts)
