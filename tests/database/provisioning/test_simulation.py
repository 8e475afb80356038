"""Without a real engine a service is taken to be well, and everything else is as it is."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from tests.support import reconciling
from tests.support.example import EXAMPLE
from tests.support.reconciling import order, work
from tests.support.world import customer

from souk.provisioning import registry
from souk.provisioning.queries import service
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
