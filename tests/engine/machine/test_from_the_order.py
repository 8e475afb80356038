"""A real order, a real worker, a real client: from an order to `ssh`, other keys, a stop and a start."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.machine.conftest import Yard, key_pair

from souk.provisioning import commands
from souk.provisioning.queries import connection_of

pytestmark = pytest.mark.engine


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
