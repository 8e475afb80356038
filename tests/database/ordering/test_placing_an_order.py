"""Placing an order: promised exactly, refused with a reason, never twice, at the price of that day."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.support import world
from tests.support.world import Customer, customer

from souk.catalog import errors as catalog
from souk.kernel.errors import NotFound, Problem
from souk.kernel.idempotency import IdempotencyKeyReused
from souk.kernel.scope import System, acting
from souk.ordering import commands, queries
from souk.parties import commands as parties
from souk.parties.errors import RoleTooLow
from souk.parties.models import Organization
from souk.provisioning import errors as provisioning
from souk.provisioning.queries import services

pytestmark = pytest.mark.django_db


def _details(buyer: Customer, **changes: object) -> commands.OrderDetails:
    details = commands.OrderDetails(buyer.organization, "public", "exemple", "s", "ma-temara", "compta")
    return replace(details, **changes)


def test_an_order_becomes_a_subscription_with_its_frozen_price_and_a_service() -> None:
    buyer = customer()
    order = queries.order(buyer.scope, commands.place_order(buyer.scope, _details(buyer)))
    assert (order.state, order.offering_name, order.price["per_month"]) == ("placed", "Exemple géré", "490.0000000000")
    (service,) = services(buyer.scope)
    assert (service.id, service.state, service.vcpus, service.parameters) == (
        order.instance_id,
        "pending",
        1,
        {"flavour": "plain"},
    )


def test_the_same_key_is_the_same_order() -> None:
    buyer = customer()
    first = commands.place_order(buyer.scope, _details(buyer), key="k1")
    assert commands.place_order(buyer.scope, _details(buyer), key="k1") == first
    assert len(queries.orders(buyer.scope)) == 1


def test_a_key_used_for_another_order_is_refused() -> None:
    buyer = customer()
    commands.place_order(buyer.scope, _details(buyer), key="k1")
    with pytest.raises(IdempotencyKeyReused):
        commands.place_order(buyer.scope, _details(buyer, name="autre"), key="k1")


def test_a_refused_order_gives_its_key_back_and_leaves_nothing() -> None:
    buyer = customer()
    with pytest.raises(catalog.UnknownPlan) as refusal:
        commands.place_order(buyer.scope, _details(buyer, plan="xxl"), key="k1")
    assert "s, m" in refusal.value.sentence
    assert queries.orders(buyer.scope) == []
    commands.place_order(buyer.scope, _details(buyer), key="k1")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"offering": "inconnu"}, catalog.OfferingMissing),
        ({"plan": "xxl"}, catalog.UnknownPlan),
        ({"region": "lune"}, provisioning.UnknownRegion),
        ({"parameters": {"flavour": "salt"}}, provisioning.InvalidParameters),
        ({"parameters": {"unknown": 1}}, provisioning.InvalidParameters),
        ({"name": ""}, provisioning.InvalidName),
        ({"name": "x" * 64}, provisioning.InvalidName),
        ({"name": "a\x00b"}, provisioning.InvalidName),
    ],
)
def test_what_cannot_be_served_is_refused_with_a_sentence(changes: dict[str, object], refusal: type[Problem]) -> None:
    buyer = customer()
    with pytest.raises(refusal) as caught:
        commands.place_order(buyer.scope, _details(buyer, **changes))
    assert len(caught.value.sentence) > 20
    assert services(buyer.scope) == []


def test_an_arabic_name_is_kept_as_it_is() -> None:
    buyer = customer()
    commands.place_order(buyer.scope, _details(buyer, name="قاعدة  المحاسبة"))
    assert services(buyer.scope)[0].name == "قاعدة المحاسبة"


def test_two_services_of_a_project_never_have_the_same_name() -> None:
    buyer = customer()
    commands.place_order(buyer.scope, _details(buyer))
    with pytest.raises(provisioning.NameTaken):
        commands.place_order(buyer.scope, _details(buyer))


def test_a_full_quota_refuses_and_says_how_much_there_is() -> None:
    buyer = customer()
    with acting(System("test")):
        Organization.objects.filter(id=buyer.organization).update(instance_quota=1)
    commands.place_order(buyer.scope, _details(buyer))
    with pytest.raises(provisioning.QuotaExceeded) as caught:
        commands.place_order(buyer.scope, _details(buyer, name="seconde"))
    assert "1" in caught.value.sentence


def test_a_full_site_refuses_before_it_promises() -> None:
    buyer = customer()
    world.some_capacity(vcpus=1, memory=world.GIB, disk=100 * world.GIB)
    commands.place_order(buyer.scope, _details(buyer))
    with pytest.raises(provisioning.NoCapacity):
        commands.place_order(buyer.scope, _details(buyer, name="seconde"))


def test_a_viewer_may_not_order() -> None:
    owner, viewer = customer(), customer("Autre SARL")
    parties.accept_invitation(
        viewer.person, parties.invite(owner.scope, owner.person, owner.organization, viewer.email, "viewer")[1]
    )
    with pytest.raises(RoleTooLow):
        commands.place_order(viewer.scope, _details(owner))


def test_an_outsider_cannot_order_for_somebody_else() -> None:
    owner, outsider = customer(), customer("Autre SARL")
    with pytest.raises(NotFound):
        commands.place_order(outsider.scope, _details(owner))


def test_an_outsider_sees_nothing_even_by_raw_sql() -> None:
    owner, outsider = customer(), customer("Autre SARL")
    order = commands.place_order(owner.scope, _details(owner))
    with pytest.raises(NotFound):
        queries.order(outsider.scope, order)
    with acting(outsider.scope), connection.cursor() as cursor:
        for table in ("ordering_order", "ordering_subscription", "provisioning_serviceinstance", "kernel_event"):
            cursor.execute(f"select count(*) from {table} where organization_id = %s", [owner.organization])
            assert cursor.fetchone() == (0,), table


def test_an_order_takes_at_most_ten_statements() -> None:
    buyer = customer()
    scope = buyer.scope
    commands.place_order(scope, _details(buyer, name="premiere"), key="warm")
    with CaptureQueriesContext(connection) as captured:
        commands.place_order(scope, _details(buyer), key="k1")
    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 9, statements  # and one more finds the token's caller
