"""One market place orders from another: our broker's client speaks to our broker's server, and what it gets works."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from socketserver import ThreadingMixIn
from uuid import UUID
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.db import connection
from tests.support import selling
from tests.support.reconciling import settle
from tests.support.world import Customer, customer

from souk.brokers import commands, queries, visiting
from souk.ordering import commands as ordering
from souk.ordering import queries as orders
from souk.parties.queries import projects
from souk.provisioning import commands as provisioning
from souk.provisioning.credentials import reveal
from souk.provisioning.queries import operations, service, services
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.converge import Ground
from souk.settings.wsgi import application


class _Quiet(WSGIRequestHandler):
    def log_message(self, *given: object) -> None:
        """Say nothing."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def process_request_thread(self, request: object, client_address: object) -> None:
        super().process_request_thread(request, client_address)
        connection.close()


@pytest.fixture
def served(place: Ground) -> Iterator[str]:
    """Our own web process at an address, and a worker's listener that shows passwords."""
    server = make_server("127.0.0.1", 0, application, _Server, _Quiet)
    ended = threading.Event()

    def answer() -> None:
        while not ended.wait(0.05):
            records.answer_reveals()
        connection.close()

    threads = [threading.Thread(target=server.serve_forever, args=(0.05,)), threading.Thread(target=answer)]
    for thread in threads:
        thread.start()
    yield f"http://127.0.0.1:{server.server_port}/osb/public/ma-temara"
    ended.set()
    server.shutdown()
    for thread in threads:
        thread.join()
    server.server_close()


@pytest.fixture
def vendor_of_both(served: str) -> tuple[Customer, UUID]:
    """Somebody who sells on, at a price of its own, what the other market place sells it."""
    seller = customer("Revendeur")
    project = projects(seller.scope, seller.organization)[0].id
    broker = selling.register(seller, served, username=str(project), secret=seller.token())
    visiting.visit(broker)
    assert queries.broker(seller.scope, broker).trouble == ""
    proposed = queries.proposed(seller.scope, broker)
    assert proposed is not None
    offers = [
        commands.Offer(each["id"], {plan["id"]: Decimal(990) for plan in each["plans"]})
        for each in proposed.body["services"]
    ]
    selling.approve(commands.publish(seller.scope, broker, commands.Publication(proposed.number, offers)))
    return seller, broker


def test_a_service_is_ordered_bound_changed_and_deleted_across(
    place: Ground, vendor_of_both: tuple[Customer, UUID]
) -> None:
    seller, broker = vendor_of_both
    buyer = customer()
    offering = queries.sold(seller.scope, broker)[0].offering
    details = ordering.OrderDetails(
        buyer.organization, "public", offering, "s", "ma-temara", "loin", parameters={"flavour": "mint"}
    )
    instance = orders.order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id
    settle(place, times=5)
    assert service(buyer.scope, instance).state == "ready"
    (theirs,) = services(seller.scope, organization=seller.organization)
    assert (theirs.state, theirs.blueprint, theirs.parameters["flavour"]) == ("ready", "example", "mint")

    provisioning.create_binding(buyer.scope, instance, "shop")
    settle(place, times=5)
    found = reveal(buyer.scope, instance, "shop")
    assert found.given["password"] == found.password
    assert found.given["uri"].startswith("example://")

    ordering.change_plan(buyer.scope, instance, "m")
    provisioning.change_parameters(buyer.scope, instance, {"flavour": "plain"})
    settle(place, times=6)
    assert {each.state for each in operations(buyer.scope, instance)} == {"succeeded"}
    after = service(seller.scope, theirs.id)
    assert (after.vcpus, after.parameters["flavour"]) == (2, "plain")

    provisioning.delete_instance(buyer.scope, instance)
    settle(place, times=6)
    assert service(buyer.scope, instance).state == "deleted"
    assert service(seller.scope, theirs.id).state == "soft_deleted"
