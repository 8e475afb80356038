"""Databases of a service: made, used and deleted in the order asked for; and what credentials may do in each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.support.accounts import Accounts
from tests.support.example import EXAMPLE
from tests.support.following import catch_up
from tests.support.reconciling import forget_leases, order, work
from tests.support.vault import vault
from tests.support.world import Customer, customer

from souk.engines.contract import Execution
from souk.engines.memory import MemoryEngine
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.ordering import queries as orders
from souk.ordering.commands import RestoreDetails, restore
from souk.provisioning import commands, errors
from souk.provisioning.contract import BindingRole
from souk.provisioning.models import ServiceInstance
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import bindings, databases, operations, service
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.actions.perform import TRIES
from souk.provisioning.reconciler.converge import Ground

READER, WRITER, OWNER = BindingRole.READER, BindingRole.WRITER, BindingRole.OWNER


@pytest.fixture
def accounts(engine: MemoryEngine) -> Accounts:
    return Accounts(engine)


@pytest.fixture
def held(engine: MemoryEngine) -> set[str]:
    """The databases that the guest has beside the first; making one called `cursed` fails."""
    found: set[str] = set()

    def create(arguments: list[str], _stdin: bytes) -> Execution:
        found.add(arguments[0])
        return Execution(int(arguments[0] == "cursed"), "", "")

    def drop(arguments: list[str], _stdin: bytes) -> Execution:
        found.discard(arguments[0])
        return Execution(0, "", "")

    programs = engine.guest.programs
    programs.update({"/usr/lib/souk/create": create, "/usr/lib/souk/drop": drop})
    return found


def _states(buyer: Customer, instance: UUID) -> dict[str, str]:
    return {row.name: row.state for row in databases(buyer.scope, instance)}


def test_a_database_is_listed_while_it_is_made_when_it_is_there_and_until_it_is_gone(
    place: Ground, buyer: Customer, instance: UUID, held: set[str]
) -> None:
    commands.create_database(buyer.scope, instance, "shop")
    assert _states(buyer, instance) == {"main": "ready", "shop": "provisioning"}
    work(place)
    assert (_states(buyer, instance), held) == ({"main": "ready", "shop": "ready"}, {"shop"})
    assert service(buyer.scope, instance).parameters["more"] == ["shop"]
    commands.drop_database(buyer.scope, instance, "shop")
    assert _states(buyer, instance)["shop"] == "deleting"
    work(place)
    assert (_states(buyer, instance), held) == ({"main": "ready"}, set())


def test_names_below_its_own_resolve_for_what_it_keeps_and_its_certificate_is_good_for_any(
    place: Ground,
    buyer: Customer,
    engine: MemoryEngine,
    held: set[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(type(EXAMPLE), "names_below", True, raising=False)
    instance = order(buyer)
    work(place)
    told = service(buyer.scope, instance)
    file = next(path for path in tmp_path.rglob(told.hostname) if path.is_file())
    assert file.read_text().splitlines() == [f"{told.address} {told.hostname}", f"{told.address} main.{told.hostname}"]
    commands.create_database(buyer.scope, instance, "shop")
    work(place)
    assert f"{told.address} shop.{told.hostname}" in file.read_text().splitlines()
    commands.drop_database(buyer.scope, instance, "shop")
    work(place)
    assert "shop." not in file.read_text()
    assert records.load(instance).also == (f"*.{told.hostname}",)


def test_one_that_can_not_be_made_is_not_there_and_its_name_is_free(
    place: Ground, buyer: Customer, instance: UUID, held: set[str]
) -> None:
    commands.create_database(buyer.scope, instance, "cursed")
    for _ in range(TRIES):
        forget_leases()
        work(place)
    assert operations(buyer.scope, instance)[0].state == "failed"
    assert _states(buyer, instance) == {"main": "ready"}
    commands.create_database(buyer.scope, instance, "cursed")


@pytest.mark.parametrize("name", ["", "../etc", "a;drop"])
def test_a_name_that_the_service_could_not_use_is_refused(buyer: Customer, instance: UUID, name: str) -> None:
    with pytest.raises(errors.InvalidDatabaseName):
        commands.create_database(buyer.scope, instance, name)


@pytest.mark.parametrize("name", ["main", "shop"])
def test_a_name_is_given_once_even_while_it_is_being_made(buyer: Customer, instance: UUID, name: str) -> None:
    commands.create_database(buyer.scope, instance, "shop")
    with pytest.raises(errors.DatabaseTaken):
        commands.create_database(buyer.scope, instance, name)


def test_there_is_a_limit_to_databases(buyer: Customer, instance: UUID) -> None:
    for name in "abc":
        commands.create_database(buyer.scope, instance, name)
    with pytest.raises(errors.TooManyDatabases):
        commands.create_database(buyer.scope, instance, "d")


def test_the_first_database_and_one_that_is_not_there_are_not_deleted(buyer: Customer, instance: UUID) -> None:
    with pytest.raises(errors.FirstDatabase):
        commands.drop_database(buyer.scope, instance, "main")
    with pytest.raises(errors.DatabaseMissing):
        commands.drop_database(buyer.scope, instance, "shop")


def test_a_database_is_not_deleted_under_those_who_sign_in_to_it(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts, held: set[str]
) -> None:
    commands.create_database(buyer.scope, instance, "shop")
    commands.create_binding(buyer.scope, instance, "till", WRITER, "shop")
    with pytest.raises(errors.DatabaseInUse) as refused:
        commands.drop_database(buyer.scope, instance, "shop")
    assert refused.value.details["names"] == "till"
    work(place)
    assert accounts.roles == {"till": ("writer", "shop")}
    commands.revoke_binding(buyer.scope, instance, "till")
    work(place)
    commands.drop_database(buyer.scope, instance, "shop")
    with pytest.raises(errors.DatabaseMissing):
        commands.create_binding(buyer.scope, instance, "late", READER, "shop")


def test_credentials_change_what_they_may_do_and_keep_their_password(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    commands.create_binding(buyer.scope, instance, "reports", READER)
    work(place)
    before = dict(accounts.passwords)
    assert accounts.roles == {"reports": ("reader", "main")}
    commands.change_binding(buyer.scope, instance, "reports", WRITER)
    work(place)
    assert accounts.roles == {"reports": ("writer", "main")}
    assert accounts.passwords == before
    assert bindings(buyer.scope, instance)[1].role == "writer"


def test_after_a_rotation_the_next_credentials_may_do_the_same(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    commands.create_binding(buyer.scope, instance, "reports", READER)
    commands.create_database(buyer.scope, instance, "shop")
    work(place)
    commands.rotate_binding(buyer.scope, instance, "reports")
    commands.change_binding(buyer.scope, instance, "reports", READER, "shop")
    work(place)
    assert accounts.roles["reports_2"] == ("reader", "shop")
    assert set(accounts.passwords) == {"reports_2"}


def test_another_password_keeps_the_users_name(
    place: Ground, buyer: Customer, instance: UUID, accounts: Accounts
) -> None:
    commands.create_binding(buyer.scope, instance, "reports", READER)
    work(place)
    before = dict(accounts.passwords)
    commands.reset_binding(buyer.scope, instance, "reports")
    work(place)
    assert set(accounts.passwords) == {"reports"}
    assert accounts.passwords != before
    assert accounts.roles["reports"] == ("reader", "main")
    commands.rotate_binding(buyer.scope, instance, "reports")
    work(place)
    assert set(accounts.passwords) == {"reports", "reports_2"}


def test_what_is_restored_has_the_databases_of_its_source_whatever_is_offered_by_now(
    place: Ground, buyer: Customer, held: set[str]
) -> None:
    with vault():
        ensure_storage()
        source = order(buyer)
        work(place)
        catch_up()
        with acting(System("test")):
            ServiceInstance.objects.filter(id=source).update(parameters={"flavour": "of a former offering"})
        commands.create_database(buyer.scope, source, "shop")
        commands.back_up_instance(buyer.scope, source)
        forget_leases()
        work(place)
        copied = orders.order(buyer.scope, restore(buyer.scope, RestoreDetails(source, "copie"))).instance_id
    assert list(_states(buyer, copied)) == ["main", "shop"]


def test_the_first_credentials_stay_the_owners(buyer: Customer, instance: UUID) -> None:
    with pytest.raises(errors.OwnerStays):
        commands.change_binding(buyer.scope, instance, "default", READER)


def test_somebody_elses_databases_do_not_exist(place: Ground, instance: UUID) -> None:
    stranger = customer("Autre SARL").scope
    for attempt in (
        lambda: databases(stranger, instance),
        lambda: commands.create_database(stranger, instance, "shop"),
        lambda: commands.drop_database(stranger, instance, "main"),
        lambda: commands.change_binding(stranger, instance, "default", READER),
    ):
        with pytest.raises(NotFound):
            attempt()


@pytest.fixture
def _plain() -> Iterator[None]:
    keeper, EXAMPLE.keeper = EXAMPLE.keeper, None
    roles, EXAMPLE.binder.roles = EXAMPLE.binder.roles, (OWNER,)
    yield
    EXAMPLE.keeper, EXAMPLE.binder.roles = keeper, roles


@pytest.mark.usefixtures("_plain")
def test_a_service_without_databases_and_roles_says_so(place: Ground, buyer: Customer) -> None:
    instance = order(buyer)
    with pytest.raises(errors.NoDatabases):
        databases(buyer.scope, instance)
    with pytest.raises(errors.NoDatabases):
        commands.create_database(buyer.scope, instance, "shop")
    with pytest.raises(errors.RoleNotOffered):
        commands.create_binding(buyer.scope, instance, "reports", READER)
