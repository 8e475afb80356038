"""A list of networks takes effect within two seconds of being asked for, and the platform goes on watching."""

from __future__ import annotations

import time

import pytest
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until

from souk.provisioning import commands
from souk.provisioning.commands import Network
from souk.provisioning.queries import access, machines, operation, service

pytestmark = pytest.mark.engine


def test_a_list_is_in_force_within_two_seconds_and_the_service_stays_ready(shop: Shop) -> None:
    scope = shop.buyer.scope
    shop.worker.start()
    instance = shop.order("compta")
    assert until(lambda: service(scope, instance).state == "ready"), shop.worker.log
    (machine,) = machines(scope)
    asked, began = commands.allow_networks(scope, instance, [Network("198.51.100.7")]), time.monotonic()
    assert until(lambda: operation(scope, asked).state == "succeeded"), shop.worker.log
    assert time.monotonic() - began < 2
    assert [each.network for each in access(scope, instance).networks or ()] == ["198.51.100.7/32"]
    kept = shop.engine.execute(machine.name, ["nft", "list", "set", "inet", "souk_guard", "allowed"]).stdout
    assert "198.51.100.7" in kept
    again = commands.restart_instance(scope, instance)
    assert until(lambda: operation(scope, again).state == "succeeded"), shop.worker.log
    assert "198.51.100.7" in shop.engine.execute(machine.name, ["nft", "list", "ruleset"]).stdout
