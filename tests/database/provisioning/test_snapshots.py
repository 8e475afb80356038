"""Snapshots of a machine: taken, gone back to, deleted; once each, wherever the worker is killed."""

from __future__ import annotations

from dataclasses import dataclass
from unittest import mock
from uuid import UUID

import pytest
from tests.database.doors.test_rest import Caller
from tests.support.example import EXAMPLE, ExampleBrancher
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import forget_leases, order, settle, work
from tests.support.world import Customer, customer

from souk.engines.contract import EngineError, PoolFull
from souk.engines.memory import MemoryEngine
from souk.kernel.errors import NotFound
from souk.kernel.ids import new_id
from souk.kernel.scope import System, acting
from souk.ordering.commands import RestoreDetails, restore
from souk.ordering.queries import order as find_order
from souk.provisioning import commands, errors
from souk.provisioning.contract import Size
from souk.provisioning.models import Snapshot
from souk.provisioning.queries import machines, operations, service, snapshots
from souk.provisioning.reconciler import ground
from souk.provisioning.reconciler.converge import Ground

FILE = "/srv/word"


class Two:
    """Services may have two snapshots."""

    def most(self, size: Size) -> int:
        return 2


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EXAMPLE, "snapshots", Two(), raising=False)


@dataclass
class Kept:
    """A service that is ready, and its machine's file."""

    engine: MemoryEngine
    place: Ground
    buyer: Customer
    instance: UUID

    @property
    def machine(self) -> str:
        (only,) = [row.name for row in machines(self.buyer.scope) if row.instance_id == self.instance]
        return only

    @property
    def word(self) -> str:
        return self.engine.pull(self.machine, FILE).decode()

    def write(self, word: str) -> None:
        self.engine.push(self.machine, FILE, word.encode())

    def take(self, name: str) -> UUID:
        commands.take_snapshot(self.buyer.scope, self.instance, name)
        work(self.place)
        return next(each.id for each in snapshots(self.buyer.scope, self.instance).snapshots if each.name == name)

    @property
    def names(self) -> list[str]:
        return [each.name for each in snapshots(self.buyer.scope, self.instance).snapshots]


@pytest.fixture
def one(engine: MemoryEngine, place: Ground, buyer: Customer, instance: UUID) -> Kept:
    made = Kept(engine, place, buyer, instance)
    made.write("first")
    return made


def test_a_service_goes_back_to_what_it_was_and_forward_to_a_later_snapshot(one: Kept) -> None:
    first = one.take("before")
    one.write("second")
    second = one.take("after")
    one.write("third")
    commands.roll_back(one.buyer.scope, one.instance, first)
    work(one.place)
    assert (one.word, service(one.buyer.scope, one.instance).state) == ("first", "ready")
    commands.roll_back(one.buyer.scope, one.instance, second)
    work(one.place)
    assert (one.word, one.names) == ("second", ["after", "before"])
    assert {each.state for each in operations(one.buyer.scope, one.instance)} == {"succeeded"}


def test_going_back_helps_a_service_that_does_not_answer_any_more(one: Kept) -> None:
    kept = one.take("when all was well")
    EXAMPLE.healthy = False
    try:
        commands.restart_instance(one.buyer.scope, one.instance)
        commands.roll_back(one.buyer.scope, one.instance, kept)
        one.write("broken")
        _one_visit(one, patience=0)
        assert one.word == "first"
    finally:
        EXAMPLE.healthy = True
    settle(one.place)
    assert service(one.buyer.scope, one.instance).state == "ready"


def _one_visit(one: Kept, patience: float) -> None:
    with mock.patch.object(ground, "PROBE_PATIENCE", patience):
        work(one.place, rounds=1)


def test_what_the_engine_was_told_since_stays(one: Kept) -> None:
    kept = one.take("small")
    commands.resize_instance(one.buyer.scope, one.instance, Size(2, 4 * 1024**3, 40 * 1024**3), order=new_id())
    work(one.place)
    commands.roll_back(one.buyer.scope, one.instance, kept)
    work(one.place)
    seen = one.engine.machine(one.machine)
    assert seen is not None
    assert (seen.limits.vcpus, seen.labels["instance"]) == (2, str(one.instance))


def test_a_plan_keeps_so_many_and_no_two_of_one_name(one: Kept) -> None:
    scope = one.buyer.scope
    one.take("a")
    with pytest.raises(errors.SnapshotNameTaken):
        commands.take_snapshot(scope, one.instance, " a ")
    commands.take_snapshot(scope, one.instance, "b")
    assert snapshots(scope, one.instance).coming == ["b"]
    with pytest.raises(errors.TooManySnapshots):
        commands.take_snapshot(scope, one.instance, "c")
    with pytest.raises(errors.InvalidName):
        commands.take_snapshot(scope, one.instance, "x" * 64)


def test_a_deleted_one_makes_room_and_is_gone_from_the_engine(one: Kept) -> None:
    kept = one.take("a")
    asked = commands.delete_snapshot(one.buyer.scope, one.instance, kept)
    assert commands.delete_snapshot(one.buyer.scope, one.instance, kept) == asked
    work(one.place)
    assert (one.names, list(one.engine.snapshots(one.machine))) == ([], [])
    with pytest.raises(errors.SnapshotMissing):
        commands.roll_back(one.buyer.scope, one.instance, kept)
    one.take("a")


def test_a_protected_service_does_not_go_back(one: Kept) -> None:
    kept = one.take("a")
    commands.protect_instance(one.buyer.scope, one.instance, True)
    with pytest.raises(errors.ProtectedFromGoingBack):
        commands.roll_back(one.buyer.scope, one.instance, kept)


def test_what_is_to_be_kept_first_is_kept_first(one: Kept) -> None:
    kept = one.take("before")
    one.write("second")
    commands.take_snapshot(one.buyer.scope, one.instance, "just in case")
    with pytest.raises(errors.SnapshotComing):
        commands.roll_back(one.buyer.scope, one.instance, kept)
    work(one.place)
    commands.roll_back(one.buyer.scope, one.instance, kept)
    work(one.place)
    assert (one.word, one.names) == ("first", ["just in case", "before"])


def test_others_see_and_touch_nothing(one: Kept) -> None:
    kept = one.take("a")
    stranger = customer("Autre SARL").scope
    for act in (
        lambda: snapshots(stranger, one.instance),
        lambda: commands.take_snapshot(stranger, one.instance, "b"),
        lambda: commands.roll_back(stranger, one.instance, kept),
        lambda: commands.delete_snapshot(stranger, one.instance, kept),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_snapshot_of_another_service_is_none_of_this_one(one: Kept) -> None:
    kept = one.take("a")
    other = order(one.buyer, "autre")
    work(one.place)
    with pytest.raises(NotFound):
        commands.roll_back(one.buyer.scope, other, kept)


def test_a_full_pool_takes_none_and_says_so(one: Kept) -> None:
    one.engine.faults.plan("snapshot", PoolFull("no space"))
    commands.take_snapshot(one.buyer.scope, one.instance, "a")
    work(one.place)
    failed = operations(one.buyer.scope, one.instance)[0]
    assert (failed.state, "no room" in failed.trouble) == ("failed", True)
    assert (one.names, snapshots(one.buyer.scope, one.instance).coming) == ([], [])
    one.take("a")


def test_what_can_not_go_back_starts_again_as_it_was(one: Kept) -> None:
    kept = one.take("a")
    one.write("second")
    one.engine.faults.plan("restore_snapshot", EngineError("the disk is in the way"), times=9)
    commands.roll_back(one.buyer.scope, one.instance, kept)
    settle(one.place, times=5)
    assert operations(one.buyer.scope, one.instance)[0].state == "failed"
    assert (one.word, service(one.buyer.scope, one.instance).state) == ("second", "ready")


def test_nothing_is_kept_of_an_erased_service(one: Kept) -> None:
    one.take("a")
    commands.erase_instance(one.buyer.scope, one.instance)
    settle(one.place)
    assert snapshots(one.buyer.scope, one.instance).snapshots == []


def test_a_kind_without_snapshots_says_so(one: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EXAMPLE, "snapshots", None)
    with pytest.raises(errors.NoSnapshots):
        commands.take_snapshot(one.buyer.scope, one.instance, "a")
    assert snapshots(one.buyer.scope, one.instance).most == 0


def test_by_rest_they_are_taken_listed_gone_back_to_and_deleted(one: Kept) -> None:
    call = Caller(one.buyer.token())
    here = f"/services/{one.instance}/snapshots"
    assert call("post", here, {"name": "avant"}).status_code == 202
    work(one.place)
    (row,) = call("get", here).json()["snapshots"]
    assert (row["name"], call("get", here).json()["most"]) == ("avant", 2)
    assert call("post", f"{here}/{row['id']}/restore").status_code == 202
    work(one.place)
    assert call("delete", f"{here}/{row['id']}").status_code == 202
    work(one.place)
    assert call("get", here).json()["snapshots"] == []


@pytest.mark.parametrize("verb", ["take", "back", "delete"])
def test_killed_at_every_boundary_it_is_done_once(one: Kept, verb: str) -> None:
    at = 0
    while True:
        at += stride(3)
        one.write("first")
        kept = one.take("kept") if verb != "take" else None
        one.write("second")
        if kept is None:
            commands.take_snapshot(one.buyer.scope, one.instance, "kept")
        elif verb == "back":
            commands.roll_back(one.buyer.scope, one.instance, kept)
        else:
            commands.delete_snapshot(one.buyer.scope, one.instance, kept)
        crossed = run_until_killed(one.place, one.engine, at, work).crossed
        for _ in range(3):
            forget_leases()
            work(one.place)
        row = service(one.buyer.scope, one.instance)
        assert (row.state, row.trouble, one.word) == ("ready", "", "first" if verb == "back" else "second")
        there = [each.name for each in one.engine.snapshots(one.machine)]
        assert len(there) == len(one.names) == (0 if verb == "delete" else 1)
        assert operations(one.buyer.scope, one.instance)[0].state == "succeeded"
        for left in snapshots(one.buyer.scope, one.instance).snapshots:
            commands.delete_snapshot(one.buyer.scope, one.instance, left.id)
            work(one.place)
        if crossed < at:
            break
    assert at > 5


@pytest.fixture
def branched(one: Kept, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """The same, where a new service may begin with a snapshot."""
    monkeypatch.setattr(EXAMPLE, "brancher", ExampleBrancher())
    monkeypatch.setattr(EXAMPLE, "holds_data", True)
    return one


def _begin(one: Kept, kept: UUID, name: str = "copie") -> UUID:
    details = RestoreDetails(one.instance, name, snapshot=kept)
    return find_order(one.buyer.scope, restore(one.buyer.scope, details)).instance_id


def test_a_new_service_begins_with_what_a_snapshot_holds(branched: Kept) -> None:
    kept = branched.take("then")
    branched.write("now")
    commands.stop_instance(branched.buyer.scope, branched.instance)
    work(branched.place)
    made = Kept(branched.engine, branched.place, branched.buyer, _begin(branched, kept))
    work(branched.place)
    assert (service(made.buyer.scope, made.instance).state, made.word) == ("ready", "first")
    assert (branched.word, branched.names, made.names) == ("now", ["then"], [])
    assert made.machine != branched.machine


def test_a_snapshot_that_went_meanwhile_is_said_to_be_gone(branched: Kept) -> None:
    kept = branched.take("then")
    commands.delete_snapshot(branched.buyer.scope, branched.instance, kept)
    made = _begin(branched, kept)
    work(branched.place)
    row = service(branched.buyer.scope, made)
    assert (row.state, "is gone" in row.trouble) == ("failed", True)
    assert len(branched.engine.machines()) == 1


def test_a_smaller_disk_than_was_kept_is_refused(branched: Kept) -> None:
    kept = branched.take("then")
    with acting(System("test")):
        Snapshot.objects.filter(id=kept).update(disk=99 * 1024**3)
    with pytest.raises(errors.RestoreTooSmall):
        _begin(branched, kept)


def test_what_can_not_be_copied_is_refused(one: Kept) -> None:
    kept = one.take("then")
    with pytest.raises(errors.NoBranches):
        _begin(one, kept)


def test_killed_at_every_boundary_a_new_service_begins_once(branched: Kept) -> None:
    kept = branched.take("then")
    at = 0
    while True:
        at += stride(3)
        made = Kept(branched.engine, branched.place, branched.buyer, _begin(branched, kept, f"n{at}"))
        crossed = run_until_killed(branched.place, branched.engine, at, work).crossed
        for _ in range(3):
            forget_leases()
            work(branched.place)
        assert (service(made.buyer.scope, made.instance).state, made.word) == ("ready", "first")
        assert len(branched.engine.machines()) == 2
        commands.erase_instance(made.buyer.scope, made.instance)
        settle(branched.place)
        if crossed < at:
            break
    assert at > 10
