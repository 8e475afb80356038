"""Without a real engine a service is taken to be well, and everything else is as it is."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from tests.support import reconciling
from tests.support.crew import Coordination, Together
from tests.support.example import EXAMPLE
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import customer

from souk.engines.memory import MemoryEngine
from souk.provisioning import commands, registry
from souk.provisioning.coordination import COORDINATION
from souk.provisioning.queries import members, service
from souk.provisioning.simulation import Simulated


def test_a_simulated_service_is_ready_although_nothing_answers(
    own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EXAMPLE, "healthy", False)
    buyer = customer()
    with mock.patch.object(registry, "blueprints", return_value={"example": Simulated(EXAMPLE)}):
        instance = order(buyer)
        work(reconciling.ground(tmp_path))
    assert service(buyer.scope, instance).state == "ready"


def test_a_simulated_service_on_several_machines_is_ready_and_switches_over(own_database: str, tmp_path: Path) -> None:
    buyer, engine = customer(), MemoryEngine()
    place = reconciling.ground(tmp_path, engine)
    sold = {"example": Simulated(Together(engine)), COORDINATION: Simulated(Coordination())}
    with mock.patch.object(registry, "blueprints", return_value=sold):
        instance = order(buyer, plan="h")
        for _ in range(3):
            forget_leases()
            work(place)
        assert [row.duty for row in members(buyer.scope, instance)] == ["leads", "synchronous", "follows"]
        commands.switch_over(buyer.scope, instance)
        forget_leases()
        work(place)
        assert [row.duty for row in members(buyer.scope, instance)] == ["synchronous", "leads", "follows"]
