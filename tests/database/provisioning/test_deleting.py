"""Deleted is not erased: days of grace, a guard against deletion, and what an erasure leaves behind as proof."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import override_settings
from tests.support.following import catch_up
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import Customer, operator

from souk.engines.memory import MemoryEngine
from souk.kernel import clock, trail
from souk.ordering.queries import subscription_of
from souk.provisioning import commands, errors
from souk.provisioning.queries import operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import compare

GRACE = timedelta(days=7)


@pytest.fixture
def deleted(place: Ground, buyer: Customer, instance: UUID) -> UUID:
    """A service that was deleted and can be recovered."""
    commands.delete_instance(buyer.scope, instance)
    work(place)
    catch_up()
    return instance


def test_a_deleted_service_keeps_its_machine_stopped(deleted: UUID, buyer: Customer, engine: MemoryEngine) -> None:
    row = service(buyer.scope, deleted)
    assert (row.state, row.desired) == ("soft_deleted", "soft_deleted")
    (machine,) = engine.machines()
    assert machine.status == "stopped"
    assert compare(engine).instances == []


def test_its_name_no_longer_resolves_and_is_free_for_another(place: Ground, deleted: UUID, buyer: Customer) -> None:
    assert place.names.published() == set()
    order(buyer)


def test_nothing_is_charged_from_the_accepted_delete_on(deleted: UUID, buyer: Customer) -> None:
    subscription = subscription_of(buyer.scope, deleted)
    assert subscription.state == "ended"
    assert subscription.ended_at is not None


def test_it_comes_back_with_its_machine_and_its_subscription(
    place: Ground, deleted: UUID, buyer: Customer, engine: MemoryEngine
) -> None:
    before = set(engine.simulated)
    commands.recover_instance(buyer.scope, deleted)
    work(place)
    catch_up()
    row = service(buyer.scope, deleted)
    assert (row.state, row.deletion_accepted_at, row.erase_at) == ("ready", None, None)
    assert set(engine.simulated) == before
    assert place.names.published() == {row.hostname}
    subscription = subscription_of(buyer.scope, deleted)
    assert (subscription.state, subscription.ended_at) == ("active", None)


def test_it_does_not_come_back_over_a_service_that_took_its_name(deleted: UUID, buyer: Customer) -> None:
    order(buyer)
    with pytest.raises(errors.NameTaken):
        commands.recover_instance(buyer.scope, deleted)


def test_after_the_days_of_grace_it_is_erased_by_itself(
    place: Ground, deleted: UUID, buyer: Customer, engine: MemoryEngine
) -> None:
    with clock.at(clock.now() + GRACE + timedelta(minutes=1)):
        forget_leases()
        work(place)
        with pytest.raises(errors.NotRecoverable):
            commands.recover_instance(buyer.scope, deleted)
    assert service(buyer.scope, deleted).state == "deleted"
    assert engine.machines() == []


def test_a_minute_before_they_are_over_it_is_still_there(
    place: Ground, deleted: UUID, buyer: Customer, engine: MemoryEngine
) -> None:
    with clock.at(clock.now() + GRACE - timedelta(minutes=1)):
        forget_leases()
        work(place)
    assert service(buyer.scope, deleted).state == "soft_deleted"
    assert len(engine.machines()) == 1


def test_who_does_not_want_to_wait_erases_it_at_once(
    place: Ground, deleted: UUID, buyer: Customer, engine: MemoryEngine
) -> None:
    accepted = service(buyer.scope, deleted).deletion_accepted_at
    commands.erase_instance(buyer.scope, deleted)
    work(place)
    row = service(buyer.scope, deleted)
    assert (row.state, row.deletion_accepted_at) == ("deleted", accepted)
    assert engine.machines() == []


def test_an_erasure_is_attested_by_the_operation_and_the_audit_trail(
    place: Ground, deleted: UUID, buyer: Customer
) -> None:
    commands.erase_instance(buyer.scope, deleted)
    work(place)
    result = operations(buyer.scope, deleted)[0].result
    assert result["seen_gone"] is True
    assert result["machine"].startswith(service(buyer.scope, deleted).label)
    assert "erased_at" in result
    assert "service.deleted" in {entry.action for entry in trail.search(operator(), subject=deleted)}


def test_a_protected_service_can_be_neither_deleted_nor_erased(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    commands.protect_instance(buyer.scope, instance, True)
    for verb in (commands.delete_instance, commands.erase_instance):
        with pytest.raises(errors.ServiceProtected):
            verb(buyer.scope, instance)
    commands.protect_instance(buyer.scope, instance, False)
    commands.delete_instance(buyer.scope, instance)
    work(place)
    assert service(buyer.scope, instance).state == "soft_deleted"


@override_settings(DELETION_GRACE=timedelta(0))
def test_an_operator_may_do_without_days_of_grace(place: Ground, buyer: Customer, instance: UUID) -> None:
    commands.delete_instance(buyer.scope, instance)
    work(place)
    assert service(buyer.scope, instance).state == "deleted"


def test_what_was_never_ready_is_erased_at_once(place: Ground, buyer: Customer) -> None:
    instance = order(buyer)
    commands.delete_instance(buyer.scope, instance)
    work(place)
    assert service(buyer.scope, instance).state == "deleted"


def test_a_renamed_service_keeps_its_host_name(place: Ground, buyer: Customer, instance: UUID) -> None:
    before = service(buyer.scope, instance).hostname
    commands.rename_instance(buyer.scope, instance, "قاعدة المحاسبة")
    row = service(buyer.scope, instance)
    assert (row.name, row.hostname) == ("قاعدة المحاسبة", before)


def test_two_services_never_get_one_name(place: Ground, buyer: Customer, instance: UUID) -> None:
    other = order(buyer, "other")
    with pytest.raises(errors.NameTaken):
        commands.rename_instance(buyer.scope, other, service(buyer.scope, instance).name)
