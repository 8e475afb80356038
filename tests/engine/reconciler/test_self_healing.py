"""A machine that ends from outside runs again, long before the next resync."""

from __future__ import annotations

import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until

from souk.engines.contract import MachineStatus
from souk.provisioning.queries import service

pytestmark = pytest.mark.engine


def test_a_machine_that_was_stopped_from_outside_runs_again(shop: Shop) -> None:
    shop.worker.start()
    scope = shop.buyer.scope
    instance = shop.order("compta")
    assert until(lambda: service(scope, instance).state == "ready"), shop.worker.log
    (name,) = shop.made()
    shop.engine.stop(name, force=True)

    def runs() -> bool:
        machine = shop.engine.machine(name)
        return machine is not None and machine.status == MachineStatus.RUNNING

    assert until(runs, patience=60), shop.worker.log
