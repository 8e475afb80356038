"""A real worker, as a process of its own that is killed on the way, looks at brokers and has their services made."""

from __future__ import annotations

from pathlib import Path

from tests.support import selling
from tests.support.looping import until
from tests.support.selling import Vendor
from tests.support.workers import Worker
from tests.support.world import Customer

from souk.brokers import commands, queries
from souk.provisioning.queries import service
from souk.provisioning.reconciler.converge import Ground


def test_it_visits_provisions_and_goes_on_after_it_was_killed(
    place: Ground, vendor: Vendor, seller: Customer, buyer: Customer, tmp_path: Path
) -> None:
    allowed = {"SOUK_BROKER_NETWORKS": "127.0.0.0/8", "SOUK_BROKERS_IN_THE_CLEAR": "1", "SOUK_ENGINE": "memory"}
    worker = Worker(tmp_path / "worker.log", told=allowed)
    broker = selling.register(seller, vendor.url)
    worker.start()
    try:
        assert until(lambda: queries.broker(seller.scope, broker).state == "answering", 40), worker.log
        selling.approve(commands.publish(seller.scope, broker, selling.publication(seller, broker)))
        vendor.fails("provision", {"hang": 3, "done": True})
        instance = selling.order(buyer)
        assert until(lambda: vendor.asked("provision"), 20), worker.log
        worker.kill()
        worker.start()
        assert until(lambda: service(buyer.scope, instance).state == "ready", 40), worker.log
    finally:
        worker.stop()
    assert len(vendor.instances) == 1
