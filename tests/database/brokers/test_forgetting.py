"""A vendor that is gone: the operator has done with what was ordered from it, and nobody is asked for anything more."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail
from tests.database.console.desks import at_desk, text
from tests.support import reconciling, selling
from tests.support.following import catch_up
from tests.support.reconciling import settle
from tests.support.selling import Vendor, ordered
from tests.support.world import Customer, operator

from souk.brokers import queries
from souk.brokers.commands import remove_broker
from souk.kernel.scope import System, acting
from souk.metering.queries import intervals
from souk.monitoring.alerts.delivering import deliver
from souk.ordering.queries import subscription_of
from souk.provisioning import commands, errors
from souk.provisioning.models import Binding
from souk.provisioning.queries import operations, service
from souk.provisioning.reconciler.converge import Ground

HOUR = timedelta(hours=1)


def _is_gone(vendor: Vendor) -> None:
    vendor.told(faults={name: [{"status": 503, "stays": True}] for name in ("deprovision", "unbind", "catalog")})


def test_what_its_customer_deleted_waits_for_its_vendor_until_the_operator_has_done_with_it(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)
    commands.create_binding(buyer.scope, instance, "shop")
    settle(place)
    _is_gone(vendor)
    commands.delete_instance(buyer.scope, instance)
    settle(place)
    assert service(buyer.scope, instance).state == "deleting"
    commands.forget_instance(operator(), instance, "Le vendeur a cessé son activité.")
    asked = len(vendor.told()["log"])
    settle(place)
    assert service(buyer.scope, instance).state == "deleted"
    assert len(vendor.told()["log"]) == asked
    assert {each.state for each in operations(buyer.scope, instance) if each.kind == "delete"} == {"succeeded"}
    with acting(System("test")):
        assert not Binding.objects.filter(instance_id=instance, revoked_at__isnull=True).exists()
        assert not any(bytes(each.sealed_password) for each in Binding.objects.filter(instance_id=instance))


def test_one_that_runs_is_charged_no_longer_and_its_customer_is_told(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)
    commands.protect_instance(buyer.scope, instance, True)
    _is_gone(vendor)
    commands.forget_instance(operator(), instance, "Écrivez à support@magasins.example.")
    settle(place)
    row = service(buyer.scope, instance)
    assert row.state == "deleted"
    (interval,) = intervals(buyer.scope, instance, row.created_at - HOUR, row.created_at + HOUR)
    assert interval.until is not None
    assert subscription_of(buyer.scope, instance).state == "ended"
    mail.outbox.clear()
    catch_up()
    deliver(1)
    (letter,) = [each for each in mail.outbox if buyer.email in each.to]
    assert "panier" in letter.subject
    assert "support@magasins.example" in letter.body
    assert "n’est plus facturé" in letter.body


def test_nothing_of_it_keeps_the_broker_from_being_removed(
    place: Ground, vendor: Vendor, seller: Customer, buyer: Customer
) -> None:
    owner, broker = selling.sold(vendor)
    instance = ordered(place, buyer)
    _is_gone(vendor)
    commands.forget_instance(operator(), instance)
    settle(place)
    remove_broker(owner.scope, broker)
    assert broker not in [each.id for each in queries.brokers(owner.scope)]


def test_what_runs_on_machines_here_is_deleted_not_forgotten(place: Ground, buyer: Customer) -> None:
    instance = reconciling.order(buyer)
    settle(place)
    with pytest.raises(errors.ProducedHere):
        commands.forget_instance(operator(), instance)


def test_it_is_forgotten_once(place: Ground, vendor: Vendor, broker: UUID, buyer: Customer) -> None:
    instance = ordered(place, buyer)
    commands.forget_instance(operator(), instance)
    commands.forget_instance(operator(), instance)
    settle(place)
    with pytest.raises(errors.ServiceGone):
        commands.forget_instance(operator(), instance)


def test_the_page_says_what_that_means_and_what_a_suspension_does_not_reach(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)
    desk = at_desk(operator().person)
    page = text(desk.get(f"/operator/services/{instance}/"))
    assert "Le vendeur n’existe plus" in page
    assert "le protocole n’a pas de mot pour cela" in page
    desk.post(f"/operator/services/{instance}/forget/", {"note": ""})
    settle(place)
    assert service(buyer.scope, instance).state == "deleted"
