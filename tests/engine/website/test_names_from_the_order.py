"""A site ordered with a public address is found under its customer's own name, by a client that knows the authority."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from tests.engine.reconciler.conftest import Shop, opened
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.acme import acme
from tests.support.dns import zone
from tests.support.outside import outside
from tests.support.workers import Worker
from tests.support.world import operator

from souk.blueprints.website import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import commands
from souk.provisioning.addresses import reach
from souk.provisioning.own_names import OwnNameRow, own_names
from souk.provisioning.queries import service
from souk.sites.queries import sites

pytestmark = pytest.mark.engine
NAME = "atelier.example.ma"


def test_a_name_that_is_led_to_a_site_gets_its_certificate_by_itself_and_loses_it_when_it_is_removed(
    own_database: str, incus: IncusEngine, site_image: str, tmp_path: Path
) -> None:
    with outside() as world, zone(world.host) as dns, acme(world, dns, tmp_path, 3600) as server:
        told = {"SOUK_DNS_RESOLVERS": dns.address, **server.settings(tmp_path)}
        worker = Worker(tmp_path / "worker.log", told=told)
        with opened(incus, worker, BLUEPRINT) as shop:
            scope = shop.buyer.scope
            commands.add_range(operator(), sites()[0].id, str(world.pool))
            shop.worker.start()
            instance = _ordered(shop)
            assert until(lambda: service(scope, instance).state == "ready"), shop.worker.log
            public = reach(scope, instance).address
            dns.publish({}, [(NAME, public)])
            commands.add_name(scope, instance, NAME)
            assert until(lambda: _name(shop, instance).certificate == "valid"), (shop.worker.log, server.log)
            roots = tmp_path / "roots.pem"
            roots.write_text(server.roots())
            asked = ["curl", "-s", "--cacert", str(roots), "--resolve", f"{NAME}:443:{public}", f"https://{NAME}/"]
            assert "Votre site est en ligne" in world.run(*asked).stdout
            commands.remove_name(scope, instance, NAME)
            assert until(lambda: own_names(scope, instance) == []), shop.worker.log
            assert until(lambda: world.run(*asked).returncode != 0), shop.worker.log
            assert server.server.key not in shop.worker.log
            shop.worker.kill()
            incus.keep_ranges([])


def _ordered(shop: Shop) -> UUID:
    details = ordering.OrderDetails(
        shop.buyer.organization,
        "public",
        BLUEPRINT.starting_offering.slug,
        "s",
        "ma-temara",
        "atelier",
        {},
        public_address=True,
    )
    return order(shop.buyer.scope, ordering.place_order(shop.buyer.scope, details)).instance_id


def _name(shop: Shop, instance: UUID) -> OwnNameRow:
    (row,) = own_names(shop.buyer.scope, instance)
    return row
