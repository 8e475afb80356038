"""A machine ordered with a public address: entered from the world, its firewall changed live, and undone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.engine.machine.conftest import Yard, key_pair
from tests.support.outside import outside
from tests.support.world import operator

from souk.blueprints.machine import BLUEPRINT
from souk.ordering import commands as ordering
from souk.ordering.queries import order as find_order
from souk.provisioning import commands
from souk.provisioning.addresses import firewall, reach
from souk.provisioning.queries import connection_of
from souk.provisioning.rules import rule
from souk.sites.queries import sites

pytestmark = pytest.mark.engine


def test_a_machine_ordered_with_an_address_is_entered_from_the_world_as_its_firewall_says(
    yard: Yard, tmp_path: Path
) -> None:
    scope, key = yard.shop.buyer.scope, key_pair(tmp_path)
    with outside() as world:
        commands.add_range(operator(), sites()[0].id, str(world.pool))
        details = ordering.OrderDetails(
            yard.shop.buyer.organization,
            "public",
            BLUEPRINT.starting_offering.slug,
            "s",
            "ma-temara",
            "atelier",
            {"ssh_keys": [key.public]},
            public_address=True,
        )
        instance = find_order(scope, ordering.place_order(scope, details)).instance_id
        yard.until_ready(instance)
        found, public = connection_of(scope, instance), reach(scope, instance).address
        known = tmp_path / "known_hosts"
        known.write_text(found.connection.known_hosts)
        chosen = ("-F", "none", "-i", str(key.file), "-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={known}")
        alias = f"HostKeyAlias={found.connection.fields['host']}"
        entered = world.run("ssh", *chosen, "-o", alias, f"debian@{public}", "echo", "salut")
        assert entered.stdout == "salut\n", entered.stderr
        assert world.ping(public)

        yard.done(commands.set_rules(scope, instance, [rule("in", "icmp")], confirmed=True))
        assert (world.tcp(public, 22), world.ping(public)) == (False, True)
        yard.done(commands.undo_rules(scope, instance))
        assert (world.tcp(public, 22), world.ping(public)) == (True, True)
        shown = firewall(scope, instance)
        assert shown is not None
        assert len(shown.rules) == 3

        yard.done(commands.restart_instance(scope, instance))
        assert world.tcp(public, 22), sys.executable
        yard.shop.worker.kill()
        yard.shop.engine.keep_ranges([])
