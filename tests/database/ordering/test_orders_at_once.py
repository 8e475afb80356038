"""Orders at once: what is promised is exact, whoever comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection
from tests.support import world
from tests.support.world import Customer, customer

from souk.kernel.scope import System, acting
from souk.ordering import commands
from souk.parties.models import Organization
from souk.provisioning import errors as provisioning
from souk.provisioning.queries import services


def _details(buyer: Customer, name: str) -> commands.OrderDetails:
    return commands.OrderDetails(buyer.organization, "public", "exemple", "s", "ma-temara", name)


def _at_once(count: int, work: Callable[[int], None]) -> None:
    def run(number: int) -> None:
        try:
            work(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_raced_quota_is_never_passed(own_database: str) -> None:
    buyer = customer()
    with acting(System("test")):
        Organization.objects.filter(id=buyer.organization).update(instance_quota=5)
    scope = buyer.scope
    outcomes: list[str] = []

    def order(number: int) -> None:
        try:
            commands.place_order(scope, _details(buyer, f"n{number}"))
            outcomes.append("placed")
        except provisioning.QuotaExceeded:
            outcomes.append("refused")

    _at_once(20, order)
    assert (outcomes.count("placed"), outcomes.count("refused")) == (5, 15)
    assert len(services(scope)) == 5


def test_a_raced_site_is_never_promised_twice(own_database: str) -> None:
    world.some_capacity(vcpus=1, memory=3 * world.GIB, disk=1000 * world.GIB)
    buyers = [customer(f"Client {number}") for number in range(10)]
    outcomes: list[str] = []

    def order(number: int) -> None:
        try:
            commands.place_order(buyers[number].scope, _details(buyers[number], "compta"))
            outcomes.append("placed")
        except provisioning.NoCapacity:
            outcomes.append("refused")

    _at_once(10, order)
    assert (outcomes.count("placed"), outcomes.count("refused")) == (3, 7)


def test_two_people_ordering_the_same_name_at_once_get_one_service(own_database: str) -> None:
    buyer = customer()
    scope = buyer.scope
    outcomes: list[str] = []

    def order(number: int) -> None:
        try:
            commands.place_order(scope, _details(buyer, "compta"))
            outcomes.append("placed")
        except provisioning.NameTaken:
            outcomes.append("taken")

    _at_once(6, order)
    assert sorted(outcomes) == ["placed", *["taken"] * 5]


def test_one_key_sent_many_times_at_once_is_one_order(own_database: str) -> None:
    buyer = customer()
    scope = buyer.scope
    orders: list[object] = []

    def order(number: int) -> None:
        orders.append(commands.place_order(scope, _details(buyer, "compta"), key="one"))

    _at_once(6, order)
    assert len(orders) == 6
    assert len(set(orders)) == 1
