"""A machine goes back to a snapshot, whatever its customer did to it meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.machine.conftest import Yard, key_pair
from tests.engine.reconciler.test_killed_for_real import until

from souk.ordering.commands import RestoreDetails, restore
from souk.ordering.queries import order
from souk.provisioning import commands
from souk.provisioning.queries import connection_of, first_boot, machines, snapshots

pytestmark = pytest.mark.engine


def test_a_machine_that_was_ruined_goes_back_and_keeps_its_present_keys(yard: Yard, tmp_path: Path) -> None:
    scope, first, second = yard.shop.buyer.scope, key_pair(tmp_path, "first"), key_pair(tmp_path, "second")
    instance = yard.order(first)
    known = connection_of(scope, instance).connection.known_hosts
    assert yard.ssh(instance, first, "echo precious > letter; sync") == 0
    yard.done(commands.take_snapshot(scope, instance, "avant"))
    (kept,) = snapshots(scope, instance).snapshots
    yard.done(commands.change_parameters(scope, instance, {"ssh_keys": [second.public]}))

    ruin = "rm letter; sudo rm -rf /etc/ssh /usr/lib/souk; sudo systemctl stop ssh"
    assert yard.ssh(instance, second, ruin) in {0, 255}
    yard.done(commands.roll_back(scope, instance, kept.id))
    yard.until_ready(instance)
    assert yard.ssh(instance, second, "grep -q precious letter") == 0
    assert yard.ssh(instance, first, "true") == 255
    assert connection_of(scope, instance).connection.known_hosts == known

    yard.done(commands.delete_snapshot(scope, instance, kept.id))
    assert snapshots(scope, instance).snapshots == []


def test_a_new_machine_begins_with_a_snapshot_and_is_another_one(yard: Yard, tmp_path: Path) -> None:
    scope, key = yard.shop.buyer.scope, key_pair(tmp_path)
    instance = yard.order(key, user_data="#!/bin/sh\necho once >> /root/count\n")
    assert until(lambda: (found := first_boot(scope, instance)) is not None and found.standing == "done")
    assert yard.ssh(instance, key, "echo precious > letter; sync") == 0
    yard.done(commands.take_snapshot(scope, instance, "modèle"))
    (kept,) = snapshots(scope, instance).snapshots
    assert yard.ssh(instance, key, "echo spoilt > letter") == 0

    placed = restore(scope, RestoreDetails(instance, "copie", snapshot=kept.id))
    copy = order(scope, placed).instance_id
    yard.until_ready(copy)
    assert yard.ssh(copy, key, "grep -q precious letter") == 0
    assert yard.ssh(copy, key, "sudo grep -c once /root/count | grep -qx 1") == 0
    assert yard.ssh(instance, key, "grep -q spoilt letter") == 0
    first, second = (connection_of(scope, each).connection for each in (instance, copy))
    assert first.fields["fingerprint"] != second.fields["fingerprint"]
    assert yard.ssh(copy, key, "systemctl is-system-running --wait") == 0
    ids = [yard.shop.engine.execute(row.name, ["cat", "/etc/machine-id"]).stdout for row in machines(scope)]
    assert len(set(ids)) == 2
