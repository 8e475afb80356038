"""Credentials of a service that a vendor produces: asked for with what the vendor asks of a consumer."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from tests.database.console.desks import at_desk, text
from tests.support import reconciling, selling
from tests.support.world import customer

from souk.brokers import calling, intake, queries
from souk.provisioning import commands
from souk.provisioning.errors import InvalidParameters
from souk.provisioning.queries import service


def test_the_form_asks_what_the_vendor_asks_and_tells_it(own_database: str, tmp_path: Path, settings: Any) -> None:
    settings.BROKER_NETWORKS, settings.BROKERS_IN_THE_CLEAR = [ip_network("127.0.0.0/8")], True
    calling._calls.clear()
    intake.ensure()
    place = reconciling.ground(tmp_path)
    with selling.running() as vendor:
        selling.sold(vendor)
        buyer = customer()
        instance = selling.ordered(place, buyer)
        desk, here = at_desk(buyer.person), f"/services/{instance}/bindings/"
        assert "Access" in text(desk.get(here))
        refused = desk.post(here, {"name": "caisse", "p-access": "read", "p-hours": "0"})
        assert (refused.status_code, vendor.asked("bind")) == (422, [])
        assert desk.post(here, {"name": "caisse", "p-access": "read", "p-hours": "8"}).status_code == 302
        reconciling.settle(place)
        (asked,) = vendor.asked("bind")
        assert asked["body"]["parameters"] == {"access": "read", "hours": 8}
        with pytest.raises(InvalidParameters):
            commands.create_binding(buyer.scope, instance, "autre", parameters={"rank": "king"})
        found = queries.produced(buyer.scope, instance, service(buyer.scope, instance).plan_id)
        assert found is not None
        assert sorted(found.binding_parameters["properties"]) == ["access", "hours"]
