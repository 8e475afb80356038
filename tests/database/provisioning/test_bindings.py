"""Bindings: each consumer its own credentials, rotated while both work, revoked one by one, in the order asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from tests.support.accounts import Accounts
from tests.support.example import EXAMPLE
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import Customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock, secrets
from souk.kernel.scope import System, acting
from souk.provisioning import commands, errors
from souk.provisioning.commands.bindings import MOST_BINDINGS
from souk.provisioning.models import Binding
from souk.provisioning.queries import OperationRow, bindings, operations, service
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.actions.perform import TRIES
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def accounts(engine: MemoryEngine) -> Accounts:
    return Accounts(engine)


def _password(binding: str, instance: UUID) -> str:
    with acting(System("test")):
        row = Binding.objects.get(instance_id=instance, name=binding, revoked_at=None)
    return secrets.ring("master").open(bytes(row.sealed_password), f"binding:{instance}:{binding}").decode()


def _newest(buyer: Customer, instance: UUID) -> OperationRow:
    return operations(buyer.scope, instance)[0]


def test_a_new_binding_works_once_its_operation_is_done(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    commands.create_binding(buyer.scope, instance, "reporting")
    work(place)
    assert accounts.passwords == {"reporting": _password("reporting", instance)}
    done = _newest(buyer, instance)
    assert (done.kind, done.state, done.result["username"]) == ("grant", "succeeded", "reporting")
    assert [line["step"] for line in done.log] == ["prepare", "grant"]
    assert [row.name for row in bindings(buyer.scope, instance)] == ["default", "reporting"]


def test_a_revoked_binding_works_no_more_and_its_name_is_free(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    commands.create_binding(buyer.scope, instance, "reporting")
    work(place)
    commands.revoke_binding(buyer.scope, instance, "reporting")
    work(place)
    assert accounts.passwords == {}
    assert [row.name for row in bindings(buyer.scope, instance)] == ["default"]
    commands.create_binding(buyer.scope, instance, "reporting")


def test_after_a_rotation_both_work_until_the_overlap_is_over(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    commands.create_binding(buyer.scope, instance, "reporting")
    work(place)
    former = _password("reporting", instance)
    commands.rotate_binding(buyer.scope, instance, "reporting", timedelta(hours=2))
    work(place)
    assert accounts.passwords == {"reporting": former, "reporting_2": _password("reporting", instance)}
    assert former != _password("reporting", instance)
    with clock.at(clock.now() + timedelta(hours=2, minutes=1)):
        forget_leases()
        work(place)
    assert set(accounts.passwords) == {"reporting_2"}
    commands.rotate_binding(buyer.scope, instance, "reporting", timedelta(0))
    work(place)
    assert set(accounts.passwords) == {"reporting_3"}


def test_the_first_binding_is_rotated_too_and_souk_itself_signs_in_with_the_new_one(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    commands.rotate_binding(buyer.scope, instance, "default", timedelta(0))
    work(place)
    (row,) = bindings(buyer.scope, instance)
    assert row.username == "owner_2"
    found = records.ensure_credentials(records.load(instance), EXAMPLE)
    assert (found.username, found.password) == ("owner_2", _password("default", instance))


def test_a_second_rotation_waits_for_the_end_of_the_first(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    commands.rotate_binding(buyer.scope, instance, "default")
    with pytest.raises(errors.RotationUnderWay):
        commands.rotate_binding(buyer.scope, instance, "default")
    work(place)
    with pytest.raises(errors.RotationUnderWay):
        commands.rotate_binding(buyer.scope, instance, "default")


def test_operations_are_done_in_the_order_in_which_they_were_asked_for(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    for name in ("a", "b", "c"):
        commands.create_binding(buyer.scope, instance, name)
    commands.revoke_binding(buyer.scope, instance, "b")
    commands.create_binding(buyer.scope, instance, "d")
    work(place)
    assert accounts.calls == ["grant a", "grant b", "grant c", "revoke b", "grant d"]
    assert {row.state for row in operations(buyer.scope, instance)} == {"succeeded"}


def test_what_was_asked_of_a_stopped_service_is_done_when_it_runs_again(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    commands.stop_instance(buyer.scope, instance)
    commands.create_binding(buyer.scope, instance, "reporting")
    work(place)
    assert _newest(buyer, instance).state == "queued"
    commands.start_instance(buyer.scope, instance)
    work(place)
    assert set(accounts.passwords) == {"reporting"}


def test_a_queued_operation_can_be_cancelled_and_a_finished_one_cannot(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    operation = commands.create_binding(buyer.scope, instance, "reporting")
    commands.cancel_operation(buyer.scope, operation)
    work(place)
    assert accounts.calls == []
    assert _newest(buyer, instance).state == "cancelled"
    with pytest.raises(errors.NotCancellable):
        commands.cancel_operation(buyer.scope, operation)


def test_one_that_goes_on_failing_is_given_up_and_the_next_is_done(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    accounts.refusing = True
    commands.create_binding(buyer.scope, instance, "reporting")
    for _ in range(TRIES):
        forget_leases()
        work(place)
    failed = _newest(buyer, instance)
    assert (failed.state, failed.trouble != "") == ("failed", True)
    assert service(buyer.scope, instance).state == "ready"
    assert service(buyer.scope, instance).trouble == ""
    accounts.refusing = False
    commands.create_binding(buyer.scope, instance, "other")
    work(place)
    assert set(accounts.passwords) == {"other"}


def test_an_erased_service_has_no_credentials_left(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    commands.create_binding(buyer.scope, instance, "reporting")
    work(place)
    commands.create_binding(buyer.scope, instance, "late")
    commands.erase_instance(buyer.scope, instance)
    work(place)
    assert bindings(buyer.scope, instance) == []
    with acting(System("test")):
        rows = list(Binding.objects.filter(instance_id=instance))
    assert {bytes(row.sealed_password) for row in rows} == {b""}
    states = {row.kind: row.state for row in operations(buyer.scope, instance)[:2]}
    assert states == {"delete": "succeeded", "grant": "cancelled"}


@pytest.mark.parametrize("name", ["", "Reporting", "9a", "a b", "a" * 41, "rapport-été", "قراءة", "a;drop"])
def test_a_name_that_could_not_be_an_account_is_refused(
    buyer: Customer, instance: UUID, accounts: Accounts, name: str
) -> None:
    with pytest.raises(errors.InvalidBindingName):
        commands.create_binding(buyer.scope, instance, name)


def test_a_name_is_given_once(buyer: Customer, instance: UUID, accounts: Accounts) -> None:
    commands.create_binding(buyer.scope, instance, "reporting")
    with pytest.raises(errors.BindingTaken):
        commands.create_binding(buyer.scope, instance, "reporting")


def test_there_is_a_limit_to_bindings(buyer: Customer, instance: UUID, accounts: Accounts) -> None:
    for number in range(MOST_BINDINGS - 1):
        commands.create_binding(buyer.scope, instance, f"b{number}")
    with pytest.raises(errors.TooManyBindings):
        commands.create_binding(buyer.scope, instance, "one_more")


def test_the_first_binding_is_never_revoked(buyer: Customer, instance: UUID) -> None:
    with pytest.raises(errors.LastBinding):
        commands.revoke_binding(buyer.scope, instance, "default")


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=31)])
def test_an_overlap_is_neither_negative_nor_endless(buyer: Customer, instance: UUID, overlap: timedelta) -> None:
    with pytest.raises(errors.OverlapTooLong):
        commands.rotate_binding(buyer.scope, instance, "default", overlap)


@pytest.fixture
def _without_binder() -> Iterator[None]:
    binder, EXAMPLE.binder = EXAMPLE.binder, None
    yield
    EXAMPLE.binder = binder


@pytest.mark.usefixtures("_without_binder")
def test_a_service_that_knows_one_account_says_so(place: Ground, buyer: Customer) -> None:
    with pytest.raises(errors.NoBindings):
        commands.create_binding(buyer.scope, order(buyer), "reporting")
