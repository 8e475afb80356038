"""A stack whose parts have names of their customer's own: one answer makes the zone, the records and the names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.support import kinds, reconciling, stacks
from tests.support.reconciling import settle
from tests.support.world import Customer, customer, operator

from souk.kernel.scope import System
from souk.ordering import commands as ordering
from souk.ordering import queries as orders
from souk.provisioning import commands as provisioning
from souk.provisioning import errors as provisioning_errors
from souk.provisioning import registry
from souk.provisioning.own_names import own_names
from souk.provisioning.queries import records, service, zones
from souk.provisioning.reconciler.converge import Ground
from souk.settings.seeds import seed
from souk.sites.queries import sites
from souk.stacks import commands, errors
from souk.stacks.commands import PartDetails

PARTS = {
    "s": {"zone": PartDetails("dns-zones", "s", public=True, zone="{domain}"), "site": PartDetails("exemple", "s")}
}


@pytest.fixture
def place(own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setattr(registry, "blueprints", kinds.every_kind)
    seed()
    provisioning.add_range(operator(), sites()[0].id, "203.0.113.0/28")
    return reconciling.ground(tmp_path)


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()


def _order(buyer: Customer, *, public: bool = True, **answers: Any) -> UUID:
    details = ordering.OrderDetails(
        buyer.organization,
        "public",
        "online-presence",
        "s",
        "ma-temara",
        "zellige",
        parameters=answers,
        public_address=public,
    )
    return orders.order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id


def test_the_zone_the_records_and_the_names_of_the_site_come_with_the_order(place: Ground, buyer: Customer) -> None:
    stack = _order(buyer, domain=" Zellige.ma. ", site_title="Zellige")
    settle(place)
    assert service(buyer.scope, stack).state == "ready"
    made = stacks.parts(buyer, stack)
    assert [each.name for each in zones(buyer.scope, made["domaine"].id).zones] == ["zellige.ma"]
    led = {each.name: each.service for each in records(buyer.scope, made["domaine"].id, "zellige.ma") if each.follows}
    assert led == {"@": made["site"].name, "www": made["site"].name}
    assert {each.name for each in own_names(buyer.scope, made["site"].id)} == {"zellige.ma", "www.zellige.ma"}


def test_without_a_domain_it_is_made_all_the_same(place: Ground, buyer: Customer) -> None:
    stack = _order(buyer)
    settle(place)
    assert service(buyer.scope, stack).state == "ready"
    assert zones(buyer.scope, stacks.parts(buyer, stack)["domaine"].id).zones == []


def test_without_a_public_address_the_zone_is_there_and_nothing_is_led_to(place: Ground, buyer: Customer) -> None:
    stack = _order(buyer, public=False, domain="zellige.ma")
    settle(place)
    made = stacks.parts(buyer, stack)
    assert [each.name for each in zones(buyer.scope, made["domaine"].id).zones] == ["zellige.ma"]
    assert own_names(buyer.scope, made["site"].id) == []


@pytest.mark.parametrize(
    ("domain", "error"),
    [
        ("zellige", provisioning_errors.InvalidDomain),
        ("{domain}.ma", provisioning_errors.InvalidDomain),
        ("co.ma", provisioning_errors.PublicSuffix),
        ("*.zellige.ma", provisioning_errors.WildcardDomain),
    ],
)
def test_what_is_no_domain_is_refused_before_anything_is_ordered(
    place: Ground, buyer: Customer, domain: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        _order(buyer, domain=domain)
    assert orders.orders(buyer.scope) == []


@pytest.mark.parametrize(
    ("part", "error"),
    [
        (PartDetails("exemple", "s", zone="{domain}"), errors.ServesNoZones),
        (PartDetails("exemple", "s", names=("{domain}",)), errors.NamesWithoutAddress),
        (PartDetails("exemple", "s", public=True, names=("www.example.ma",)), errors.OutsideOfDomain),
        (PartDetails("exemple", "s", public=True, names=("www{domain}",)), errors.OutsideOfDomain),
        (PartDetails("exemple", "s", public=True, names=("*.{domain}",)), errors.OutsideOfDomain),
        (PartDetails("exemple", "s", public=True, names=("a b.{domain}",)), errors.OutsideOfDomain),
    ],
)
def test_names_that_could_not_be_had_are_refused_when_it_is_published(
    place: Ground, part: PartDetails, error: type[Exception]
) -> None:
    parts = {"s": {**PARTS["s"], "site": part}}
    with pytest.raises(error):
        commands.publish(System("test"), stacks.seller(), stacks.details(parts, questions={}))


def test_the_domain_is_asked_for_by_itself(place: Ground) -> None:
    stack = stacks.details(PARTS, questions={})
    version = commands.publish(System("test"), stacks.seller(), stack)
    assert version
    with pytest.raises(errors.QuestionTaken):
        commands.publish(System("test"), stacks.seller(), replace(stack, questions={"domain": ["site.flavour"]}))
