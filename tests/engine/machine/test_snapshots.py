"""A machine goes back to a snapshot, whatever its customer did to it meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.machine.conftest import Yard, key_pair

from souk.provisioning import commands
from souk.provisioning.queries import connection_of, snapshots

pytestmark = pytest.mark.engine


def test_a_machine_that_was_ruined_goes_back_and_keeps_its_present_keys(yard: Yard, tmp_path: Path) -> None:
    scope, first, second = yard.shop.buyer.scope, key_pair(tmp_path, "first"), key_pair(tmp_path, "second")
    instance = yard.order(first)
    known = connection_of(scope, instance).connection.known_hosts
    assert yard.ssh(instance, first, "echo precious > letter; sync") == 0
    yard.done(commands.take_snapshot(scope, instance, "avant"))
    (kept,) = snapshots(scope, instance).snapshots
    yard.done(commands.change_parameters(scope, instance, {"ssh_keys": [second.public]}))

    assert yard.ssh(instance, second, "rm letter; sudo rm -rf /etc/ssh /usr/lib/souk; sudo systemctl stop ssh") in {
        0,
        255,
    }
    yard.done(commands.roll_back(scope, instance, kept.id))
    yard.until_ready(instance)
    assert yard.ssh(instance, second, "grep -q precious letter") == 0
    assert yard.ssh(instance, first, "true") == 255
    assert connection_of(scope, instance).connection.known_hosts == known

    yard.done(commands.delete_snapshot(scope, instance, kept.id))
    assert snapshots(scope, instance).snapshots == []
