"""Convergence: what is desired becomes so, whatever fails on the way, and nothing is made twice or left behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import translation
from tests.support.example import EXAMPLE
from tests.support.following import catch_up
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import customer, operator

from souk.engines import contract as engines
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, System, acting
from souk.metering.commands import take_samples
from souk.metering.queries import egress
from souk.ordering import commands as ordering
from souk.ordering import queries
from souk.provisioning import commands, errors
from souk.provisioning.queries import bindings, machines, operations, service, services
from souk.provisioning.reconciler import lease, records
from souk.provisioning.reconciler.converge import Ground, converge
from souk.provisioning.reconciler.resync import compare, resync
from souk.sites.queries import capacity, sites


def test_an_order_becomes_a_running_service(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    assert work(place) == 1
    row = service(buyer.scope, instance)
    assert (row.state, row.observed_generation, row.port) == ("ready", 1, 4000)
    assert row.hostname is not None
    assert row.hostname.startswith(row.label)
    (machine,) = engine.machines()
    assert (machine.status, machine.address, machine.limits.memory) == ("running", row.address, row.memory)
    (operation,) = operations(buyer.scope, instance)
    assert (operation.state, operation.progress) == ("succeeded", 100)
    assert [entry["step"] for entry in operation.log] == ["prepare", "create", "configure", "probe"]


def test_the_order_is_fulfilled_and_the_subscription_starts(place: Ground) -> None:
    buyer = customer()
    instance = order(buyer)
    work(place)
    catch_up()
    subscription = queries.subscription_of(buyer.scope, instance)
    assert subscription.state == "active"
    assert queries.order(buyer.scope, subscription.order_id).state == "fulfilled"


def test_its_name_resolves_while_it_lives(place: Ground) -> None:
    buyer = customer()
    instance = order(buyer)
    work(place)
    hostname = service(buyer.scope, instance).hostname
    assert place.names.published() == {hostname}
    commands.erase_instance(buyer.scope, instance)
    work(place)
    assert place.names.published() == set()


def test_a_deleted_service_leaves_nothing(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    before = capacity(sites()[0].id)
    instance = order(buyer)
    work(place)
    assert capacity(sites()[0].id).memory == before.memory + service(buyer.scope, instance).memory
    commands.erase_instance(buyer.scope, instance)
    work(place)
    assert engine.machines() == []
    assert machines(operator()) == []
    assert bindings(buyer.scope, instance) == []
    assert services(buyer.scope) == []
    assert capacity(sites()[0].id) == before
    assert service(buyer.scope, instance).state == "deleted"


def test_a_deleted_service_cannot_be_changed_any_more(place: Ground) -> None:
    buyer = customer()
    instance = order(buyer)
    commands.erase_instance(buyer.scope, instance)
    for verb in (commands.erase_instance, commands.stop_instance, commands.restart_instance):
        with pytest.raises(errors.ServiceGone):
            verb(buyer.scope, instance)


def test_a_name_is_free_again_after_its_service_is_deleted(place: Ground) -> None:
    buyer = customer()
    commands.erase_instance(buyer.scope, order(buyer))
    order(buyer)


def test_an_order_cancelled_before_it_is_worked_makes_no_machine(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    ordering.cancel_order(buyer.scope, queries.orders(buyer.scope)[0].id)
    work(place)
    assert engine.machines() == []
    assert service(buyer.scope, instance).state == "deleted"
    catch_up()
    assert queries.orders(buyer.scope)[0].state == "cancelled"


def test_an_order_cancelled_during_its_creation_is_taken_down(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)

    def cancel(machine: str, command: object, stdin: bytes) -> engines.Execution:
        if service(buyer.scope, instance).desired != "deleted":
            ordering.cancel_order(buyer.scope, queries.orders(buyer.scope)[0].id)
        return engines.Execution(0, "", "")

    engine.guest = cancel
    work(place)
    assert engine.machines() == []
    row = service(buyer.scope, instance)
    assert (row.state, row.ready_at) == ("deleted", None)
    catch_up()
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("select count(*) from metering_usageinterval")
        assert cursor.fetchone() == (0,)


def test_a_stopped_service_keeps_its_machine_and_starts_again(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    work(place)
    commands.stop_instance(buyer.scope, instance)
    work(place)
    assert [machine.status for machine in engine.machines()] == ["stopped"]
    assert service(buyer.scope, instance).state == "stopped"
    commands.start_instance(buyer.scope, instance)
    work(place)
    assert [machine.status for machine in engine.machines()] == ["running"]
    assert service(buyer.scope, instance).state == "ready"


def test_a_restart_stops_and_starts_the_same_machine(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    work(place)
    (before,) = engine.machines()
    commands.restart_instance(buyer.scope, instance)
    work(place)
    (after,) = engine.machines()
    assert before.name == after.name
    assert [entry["step"] for entry in operations(buyer.scope, instance)[0].log] == [
        "prepare",
        "stop",
        "start",
        "configure",
        "probe",
    ]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (engines.EngineUnavailable("connection refused"), "does not answer"),
        (engines.PoolFull("no space left"), "storage is full"),
        (engines.ImageMissing("no image"), "image is missing"),
        (engines.EngineError("something else"), "tried again"),
    ],
)
def test_trouble_is_told_and_overcome(
    place: Ground, engine: MemoryEngine, error: engines.EngineError, words: str
) -> None:
    buyer = customer()
    instance = order(buyer)
    engine.faults.plan("create", error, times=2)
    work(place, rounds=1)
    row = service(buyer.scope, instance)
    assert words in row.trouble
    assert row.state == "provisioning"
    for _ in range(3):
        forget_leases()
        work(place, rounds=1)
    row = service(buyer.scope, instance)
    assert (row.state, row.trouble) == ("ready", "")
    assert len(engine.machines()) == 1


def test_what_cannot_be_made_fails_visibly_and_is_never_billed(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    engine.faults.plan("create", engines.ImageMissing("no image"), times=50)
    for _ in range(10):
        forget_leases()
        work(place, rounds=1)
    catch_up()
    assert service(buyer.scope, instance).state == "failed"
    assert queries.orders(buyer.scope)[0].state == "failed"
    assert queries.subscription_of(buyer.scope, instance).started_at is None


def test_what_failed_becomes_ready_when_its_cause_is_gone(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    engine.faults.plan("create", engines.ImageMissing("no image"), times=9)
    for _ in range(12):
        forget_leases()
        work(place, rounds=1)
        catch_up()
    assert service(buyer.scope, instance).state == "ready"
    assert queries.orders(buyer.scope)[0].state == "fulfilled"


def test_a_guest_that_refuses_is_tried_again(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    answers = [engines.Execution(1, "", "not yet"), engines.Execution(0, "", "")]
    engine.guest = lambda machine, command, stdin: answers.pop(0)
    for _ in range(2):
        forget_leases()
        work(place, rounds=1)
    assert service(buyer.scope, instance).state == "ready"


def test_a_machine_that_vanished_is_found_by_the_resync_and_made_again(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    work(place)
    engine.delete(engine.machines()[0].name)
    drift = resync(engine)
    assert drift.instances == [instance]
    work(place)
    assert len(engine.machines()) == 1
    assert compare(engine).instances == []


def test_a_machine_that_was_stopped_from_outside_is_started_again(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    order(buyer)
    work(place)
    engine.stop(engine.machines()[0].name)
    resync(engine)
    work(place)
    assert [machine.status for machine in engine.machines()] == ["running"]


def test_an_orphan_is_reported_and_not_touched(place: Ground, engine: MemoryEngine) -> None:
    spec = engines.MachineSpec("ex-orphan-1", "souk/example", engines.Limits(1, 1, 1), "10.9.9.9", {"instance": "x"})
    engine.create(spec)
    assert resync(engine).orphans == ["ex-orphan-1"]
    assert len(engine.machines()) == 1


def test_a_machine_of_somebody_else_is_never_adopted(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    label = service(buyer.scope, instance).label
    engine.create(
        engines.MachineSpec(f"{label}-1", "souk/example", engines.Limits(1, 1, 1), "10.9.9.9", {"instance": "other"})
    )
    work(place, rounds=1)
    assert service(buyer.scope, instance).state == "provisioning"
    assert engine.machines()[0].labels["instance"] == "other"


def test_a_claim_is_given_to_one_worker_only(place: Ground) -> None:
    order(customer())
    assert len(lease.claim(10)) == 1
    assert lease.claim(10) == []


def test_a_worker_whose_claim_was_taken_over_records_nothing(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    (stale,) = lease.claim(1)
    forget_leases()
    (fresh,) = lease.claim(1)
    converge(place, stale)
    assert service(buyer.scope, instance).state in {"pending", "provisioning"}
    converge(place, fresh)
    assert service(buyer.scope, instance).state == "ready"
    assert len(engine.machines()) == 1


def test_two_services_never_get_the_same_address(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    for number in range(5):
        order(buyer, name=f"n{number}")
    work(place)
    addresses = [machine.address for machine in engine.machines()]
    assert len(set(addresses)) == 5


def test_an_address_is_used_again_after_its_machine_is_gone(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    first = order(buyer)
    work(place)
    (machine,) = engine.machines()
    commands.erase_instance(buyer.scope, first)
    work(place)
    order(buyer)
    work(place)
    assert engine.machines()[0].address == machine.address


def test_an_outsider_can_neither_see_nor_touch_a_service(place: Ground) -> None:
    buyer, outsider = customer(), customer("Autre SARL")
    instance = order(buyer)
    work(place)
    for verb in (service, commands.erase_instance, commands.stop_instance, operations):
        if verb is operations:
            assert operations(outsider.scope, instance) == []
            continue
        with pytest.raises(NotFound):
            verb(outsider.scope, instance)


def test_an_unhealthy_service_is_not_called_ready(place: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.provisioning.reconciler.ground.PROBE_PATIENCE", 0.05)
    monkeypatch.setattr(EXAMPLE, "healthy", False)
    buyer = customer()
    instance = order(buyer)
    work(place, rounds=1)
    assert service(buyer.scope, instance).state == "provisioning"
    monkeypatch.setattr(EXAMPLE, "healthy", True)
    forget_leases()
    work(place, rounds=1)
    assert service(buyer.scope, instance).state == "ready"


def test_troubles_are_told_in_the_readers_language(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    instance = order(buyer)
    engine.faults.plan("create", engines.PoolFull("no space left"))
    work(place, rounds=1)
    with translation.override("en"):
        assert translation.gettext(service(buyer.scope, instance).trouble).startswith("The site's storage is full")


def test_a_customer_sees_its_password_and_nobody_else_does(place: Ground) -> None:
    from threading import Thread

    from souk.provisioning.credentials import reveal

    buyer, outsider = customer(), customer("Autre SARL")
    instance = order(buyer)
    work(place)

    def answer() -> None:
        try:
            while not records.answer_reveals():
                pass
        finally:
            connection.close()

    scope = buyer.scope
    thread = Thread(target=answer)
    thread.start()
    credentials = reveal(scope, instance)
    thread.join()
    assert len(credentials.password) == 32
    assert credentials.password not in repr(credentials)
    with pytest.raises(NotFound):
        reveal(outsider.scope, instance)


def test_an_address_that_something_else_has_is_changed_for_a_free_one(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    first = sites()[0].subnet.rpartition(".")[0] + ".10"
    engine.create(engines.MachineSpec("stranger", "souk/example", engines.Limits(1, 1, 1), first))
    engine.faults.plan("create", engines.AddressTaken(first))
    instance = order(buyer)
    work(place)
    row = service(buyer.scope, instance)
    assert row.state == "ready"
    assert row.address not in {None, first}
    assert len(engine.machines()) == 2


def test_a_worker_that_starts_takes_over_at_once_from_dead_ones_on_its_host(place: Ground) -> None:
    order(customer())
    (held,) = lease.claim(1)
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("update provisioning_convergence set worker = split_part(worker, ':', 1) || ':999999999'")
    assert lease.release_dead() == 1
    with pytest.raises(lease.Fenced):
        held.renew()
    assert len(lease.claim(1)) == 1


def test_a_lost_machine_that_held_data_is_told_and_never_made_anew_nor_billed(
    place: Ground, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EXAMPLE, "holds_data", True)
    buyer = customer()
    instance = order(buyer)
    work(place)
    catch_up()
    engine.delete(engine.machines()[0].name)
    resync(engine)
    work(place)
    catch_up()
    row = service(buyer.scope, instance)
    assert row.state == "failed"
    assert "data" in row.trouble
    assert engine.machines() == []
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("select count(*) from metering_usageinterval where upper_inf(during)")
        assert cursor.fetchone() == (0,)
    commands.erase_instance(buyer.scope, instance)
    work(place)
    assert service(buyer.scope, instance).state == "deleted"


@pytest.mark.parametrize("verb", [commands.stop_instance, commands.restart_instance, commands.erase_instance])
def test_what_was_sent_since_the_last_sample_is_counted_before_the_machine_stops(
    place: Ground, engine: MemoryEngine, verb: Callable[[Scope, UUID], UUID]
) -> None:
    buyer = customer()
    instance = order(buyer)
    work(place)
    (machine,) = engine.simulated.values()
    machine.egress = 1000
    take_samples(engine.usage())
    machine.egress = 1700
    verb(buyer.scope, instance)
    accepted = clock.now()
    work(place)
    catch_up()
    since = accepted - timedelta(minutes=5)
    assert egress(buyer.scope, instance, since, clock.now()) == 1700
    if verb is commands.erase_instance:
        assert egress(buyer.scope, instance, since, accepted) == 1700
