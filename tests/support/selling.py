"""A vendor whose broker is a real process, and whose services are sold on the market place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import httpx
from tests.support import vendor as program
from tests.support.following import catch_up
from tests.support.reconciling import work
from tests.support.world import Customer, customer, operator

from souk.brokers import commands, queries, visiting
from souk.catalog import commands as catalog
from souk.ordering import commands as ordering
from souk.ordering import queries as orders
from souk.provisioning import boxes
from souk.provisioning.credentials import Credentials, reveal
from souk.provisioning.queries import service
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.converge import Ground


@dataclass
class Vendor:
    """A broker's process."""

    url: str

    def told(self, **changes: Any) -> dict[str, Any]:
        """Change what it does, and read what it has."""
        answer: dict[str, Any] = httpx.post(f"{self.url}/control", json=changes, timeout=10).json()
        return answer

    def fails(self, asked: str, *faults: dict[str, Any]) -> None:
        """Let it do something wrong, in turn."""
        self.told(faults={asked: list(faults)})

    def asked(self, name: str) -> list[dict[str, Any]]:
        """The requests of a kind that came."""
        return [each for each in self.told()["log"] if each["asked"] == name]

    @property
    def instances(self) -> dict[str, Any]:
        """What it has, by id."""
        found: dict[str, Any] = self.told()["instances"]
        return found

    @property
    def bindings(self) -> dict[str, Any]:
        """Which credentials work, by id."""
        found: dict[str, Any] = self.told()["bindings"]
        return found


@contextmanager
def running() -> Iterator[Vendor]:
    """A broker's process, as long as the block lasts."""
    process = subprocess.Popen([sys.executable, str(Path(program.__file__))], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield Vendor(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def register(seller: Customer, url: str, **other: str) -> UUID:
    """Register a broker."""
    details = {"name": "Magasins", "auth": "basic", "username": program.USER, "secret": program.PASSWORD, **other}
    return commands.register_broker(seller.scope, seller.organization, commands.BrokerDetails(url=url, **details))


def publication(seller: Customer, broker: UUID, price: str = "120", **meters: str) -> commands.Publication:
    """Everything that is proposed, at the same price."""
    proposed = queries.proposed(seller.scope, broker)
    assert proposed is not None
    offers = [
        commands.Offer(
            service["id"],
            {plan["id"]: Decimal(price) for plan in service["plans"]},
            {name: Decimal(rate) for name, rate in meters.items()},
        )
        for service in proposed.body["services"]
    ]
    return commands.Publication(proposed.number, offers)


def approve(versions: list[UUID]) -> None:
    """What the operator's engineers do."""
    engineer = operator()
    for version in versions:
        catalog.move_version(engineer, version, "approved")
        catalog.move_version(engineer, version, "published")


def sold(vendor: Vendor, name: str = "Magasins du Bouregreg", **meters: str) -> tuple[Customer, UUID]:
    """A vendor whose broker's services are for sale."""
    seller = customer(name)
    broker = register(seller, vendor.url)
    visiting.visit(broker)
    approve(commands.publish(seller.scope, broker, publication(seller, broker, **meters)))
    return seller, broker


def order(buyer: Customer, name: str = "panier", plan: str = "small", **parameters: Any) -> UUID:
    """Order a key-value store; returns the service instance."""
    details = ordering.OrderDetails(
        buyer.organization, "public", "key-value", plan, "ma-temara", name, parameters=parameters
    )
    return orders.order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id


def ordered(place: Ground, buyer: Customer, **parameters: Any) -> UUID:
    """A store that is ready."""
    instance = order(buyer, **parameters)
    work(place)
    catch_up()
    assert service(buyer.scope, instance).state == "ready"
    return instance


def seen(buyer: Customer, instance: UUID, name: str) -> Credentials:
    """What its owner is shown of credentials, the worker answering beside it."""
    with mock.patch.object(boxes, "time") as stopped:
        stopped.monotonic.return_value = 0.0
        stopped.sleep = lambda _: records.answer_reveals()
        return reveal(buyer.scope, instance, name)
