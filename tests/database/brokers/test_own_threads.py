"""What others produce is worked on threads of its own."""

from __future__ import annotations

from uuid import UUID

from tests.support import reconciling, selling
from tests.support.looping import looping, until
from tests.support.selling import Vendor
from tests.support.world import Customer

from souk.provisioning.models import WorkKind
from souk.provisioning.queries import service
from souk.provisioning.reconciler import lease
from souk.provisioning.reconciler.converge import Ground

HERE = [kind for kind in WorkKind if kind != WorkKind.ELSEWHERE]


def test_each_loop_claims_its_own_kind(place: Ground, vendor: Vendor, broker: UUID, buyer: Customer) -> None:
    here, elsewhere = reconciling.order(buyer), selling.order(buyer)
    assert lease.next_due(HERE) is not None
    assert [each.subject for each in lease.claim(10, kinds=[WorkKind.ELSEWHERE])] == [elsewhere]
    assert [each.subject for each in lease.claim(10, kinds=HERE)] == [here]


def test_an_order_that_waits_for_its_vendor_takes_no_place_of_those_that_begin_here(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    selling.order(buyer)
    (held,) = lease.claim(10, kinds=[WorkKind.ELSEWHERE])
    here = reconciling.order(buyer)
    assert [each.subject for each in lease.claim(10, beginnings=1)] == [here]
    assert held.subject != here


def test_its_loop_makes_a_service_ready(place: Ground, vendor: Vendor, broker: UUID, buyer: Customer) -> None:
    vendor.told(asynchronous=True)
    with looping(place, 2, [WorkKind.ELSEWHERE]):
        instance = selling.order(buyer)
        assert until(lambda: service(buyer.scope, instance).state == "ready", 15)
