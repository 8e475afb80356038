"""What every engine must do, as tests of a `Workshop`: collected by one module for Incus and one for memory."""

from __future__ import annotations

import ipaddress
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from souk.engines import contract
from souk.engines.contract import Card, Engine, Limits, MachineKind, MachineSpec, MachineStatus
from souk.engines.exposure import Exposure, IPProtocol, Passage

MIB = 1024**2
GIB = 1024**3
LIMITS = Limits(vcpus=1, memory=256 * MIB, disk=2 * GIB, processes=300)


@dataclass
class Workshop:
    """An engine with an image, a free address for each new machine, and a twin that can't be reached."""

    engine: Engine
    unreachable: Engine
    image: str
    prefix: str
    addresses: Iterator[str]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def spec(self, **changes: Any) -> MachineSpec:
        """A machine that doesn't exist yet."""
        spec = MachineSpec(f"{self.prefix}{next(self.numbers)}", self.image, LIMITS, next(self.addresses))
        return replace(spec, **changes)

    def machine(self, *, start: bool = False, **changes: object) -> MachineSpec:
        """A machine that exists."""
        spec = self.spec(**changes)
        self.engine.create(spec, start=start)
        return spec

    def observed(self, spec: MachineSpec) -> contract.Machine:
        """The machine as the engine shows it."""
        machine = self.engine.machine(spec.name)
        assert machine is not None
        return machine


def test_a_new_machine_is_what_was_asked_for(workshop: Workshop) -> None:
    spec = workshop.machine(labels={"instance": "i-1", "epoch": "7"})
    seen = workshop.observed(spec)
    assert (seen.status, seen.kind) == (MachineStatus.STOPPED, MachineKind.CONTAINER)
    assert (seen.limits, seen.address) == (spec.limits, spec.address)
    assert seen.labels == {"instance": "i-1", "epoch": "7"}
    assert seen.host == workshop.engine.hosts()[0].name


def test_a_machine_can_be_made_and_started_in_one_go(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    assert workshop.observed(spec).status == MachineStatus.RUNNING


def test_the_listing_shows_every_machine_with_its_state_and_labels(workshop: Workshop) -> None:
    stopped = workshop.machine(labels={"instance": "a"})
    running = workshop.machine(start=True, labels={"instance": "b"})
    listed = {machine.name: machine for machine in workshop.engine.machines()}
    assert listed[stopped.name] == replace(workshop.observed(stopped), etag=None)
    assert listed[running.name] == replace(workshop.observed(running), etag=None)


def test_a_machine_tells_which_image_it_was_made_from(workshop: Workshop) -> None:
    seen = workshop.observed(workshop.machine())
    (image,) = (each for each in workshop.engine.images() if workshop.image in each.aliases)
    assert seen.image == image.fingerprint


def test_a_machine_nobody_made_is_none(workshop: Workshop) -> None:
    assert workshop.engine.machine(f"{workshop.prefix}nobody") is None


def test_a_name_is_given_once_and_what_is_there_can_be_adopted(workshop: Workshop) -> None:
    spec = workshop.machine(labels={"instance": "mine"})
    with pytest.raises(contract.AlreadyExists):
        workshop.engine.create(replace(spec, address=next(workshop.addresses)))
    assert workshop.observed(spec).labels == {"instance": "mine"}


def test_of_four_that_create_the_same_machine_at_once_one_wins(workshop: Workshop) -> None:
    spec = workshop.spec()
    outcomes = _at_once(4, lambda: workshop.engine.create(spec))
    assert sorted(map(_outcome, outcomes)) == ["AlreadyExists"] * 3 + ["done"]


def test_an_address_is_given_once(workshop: Workshop) -> None:
    first = workshop.machine(start=True)
    with pytest.raises(contract.AddressTaken):
        workshop.machine(start=True, address=first.address)


def test_a_stopped_machine_is_given_another_address_and_has_it_when_it_starts(workshop: Workshop) -> None:
    first, second = workshop.machine(start=True), workshop.machine(start=True)
    with pytest.raises(contract.Refused):
        workshop.engine.readdress(second.name, next(workshop.addresses))
    workshop.engine.readdress(second.name, second.address)
    for spec in (first, second):
        workshop.engine.stop(spec.name, force=True)
    workshop.engine.readdress(first.name, next(workshop.addresses))
    for _ in range(2):
        workshop.engine.readdress(second.name, first.address)
    assert workshop.observed(second).address == first.address
    for spec in (first, second):
        workshop.engine.start(spec.name)


def test_a_missing_image_is_not_found_and_leaves_no_machine(workshop: Workshop) -> None:
    spec = workshop.spec(image="souk/there-is-no-such-image")
    with pytest.raises(contract.ImageMissing):
        workshop.engine.create(spec)
    assert workshop.engine.machine(spec.name) is None


def test_labels_are_merged(workshop: Workshop) -> None:
    spec = workshop.machine(labels={"instance": "i", "epoch": "1"})
    workshop.engine.label(spec.name, {"epoch": "2", "generation": "5"})
    assert workshop.observed(spec).labels == {"instance": "i", "epoch": "2", "generation": "5"}


def test_an_outdated_change_is_refused(workshop: Workshop) -> None:
    spec = workshop.machine(labels={"epoch": "1"})
    before = workshop.observed(spec).etag
    workshop.engine.label(spec.name, {"epoch": "2"}, etag=before)
    with pytest.raises(contract.Outdated):
        workshop.engine.label(spec.name, {"epoch": "1"}, etag=before)
    with pytest.raises(contract.Outdated):
        workshop.engine.resize(spec.name, LIMITS, etag=before)
    assert workshop.observed(spec).labels == {"epoch": "2"}


def test_of_many_that_change_what_they_all_observed_one_wins(workshop: Workshop) -> None:
    spec = workshop.machine(labels={"epoch": "0"})
    etag = workshop.observed(spec).etag
    numbers = itertools.count(1)
    outcomes = _at_once(6, lambda: workshop.engine.label(spec.name, {"epoch": str(next(numbers))}, etag=etag))
    assert sorted(map(_outcome, outcomes)) == ["Outdated"] * 5 + ["done"]


def test_a_machine_grows_and_shrinks_while_it_runs(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    for limits in (Limits(2, 512 * MIB, 3 * GIB, 500), Limits(1, 256 * MIB, 2 * GIB, 300)):
        workshop.engine.resize(spec.name, limits, etag=workshop.observed(spec).etag)
        assert workshop.observed(spec).limits == limits


def test_a_disk_smaller_than_what_is_on_it_is_refused(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    with pytest.raises(contract.Refused):
        workshop.engine.resize(spec.name, replace(LIMITS, disk=16 * MIB))
    assert workshop.observed(spec).limits == LIMITS


def test_starting_and_stopping_twice_does_nothing_more(workshop: Workshop) -> None:
    spec = workshop.machine()
    for _ in range(2):
        workshop.engine.start(spec.name)
    assert workshop.observed(spec).status == MachineStatus.RUNNING
    for _ in range(2):
        workshop.engine.stop(spec.name, force=True)
    assert workshop.observed(spec).status == MachineStatus.STOPPED


def test_a_booted_machine_stops_cleanly(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    _wait_until_booted(workshop, spec)
    workshop.engine.stop(spec.name, timeout=30)
    assert workshop.observed(spec).status == MachineStatus.STOPPED


def test_a_running_machine_is_deleted_and_deleting_again_does_nothing(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    for _ in range(2):
        workshop.engine.delete(spec.name)
    assert workshop.engine.machine(spec.name) is None
    assert spec.name not in {machine.name for machine in workshop.engine.machines()}


@pytest.mark.parametrize("act", ["copy", "start", "stop", "label", "resize", "execute", "push"])
def test_nothing_can_be_done_to_a_machine_that_is_gone(workshop: Workshop, act: str) -> None:
    name = f"{workshop.prefix}gone"
    acts: dict[str, Callable[[], object]] = {
        "copy": lambda: workshop.engine.copy(name, workshop.spec()),
        "start": lambda: workshop.engine.start(name),
        "stop": lambda: workshop.engine.stop(name),
        "label": lambda: workshop.engine.label(name, {"a": "b"}),
        "resize": lambda: workshop.engine.resize(name, LIMITS),
        "execute": lambda: workshop.engine.execute(name, ["true"]),
        "push": lambda: workshop.engine.push(name, "/etc/x", b""),
    }
    with pytest.raises(contract.NotFound):
        acts[act]()


def test_a_command_gets_its_input_and_gives_output_and_exit_code(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    text = "prix: 10 درهم\n" * 20_000
    assert workshop.engine.execute(spec.name, ["cat"], stdin=text.encode()) == contract.Execution(0, text, "")
    assert workshop.engine.execute(spec.name, ["echo", "a", "b"]).stdout == "a b\n"
    assert workshop.engine.execute(spec.name, ["false"]).exit_code == 1
    assert workshop.engine.execute(spec.name, ["sh", "-c", "exit 42"]).exit_code == 42


def test_a_command_that_ignores_its_input_still_ends(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    assert workshop.engine.execute(spec.name, ["true"], stdin=b"x" * 1_000_000).exit_code == 0


def test_a_missing_program_exits_with_127(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    assert workshop.engine.execute(spec.name, ["no-such-program"]).exit_code == 127
    assert workshop.engine.execute(spec.name, ["/no/such/program"]).exit_code == 127


def test_a_killed_command_exits_with_its_signal(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    assert workshop.engine.execute(spec.name, ["sh", "-c", "kill -9 $$"]).exit_code == 137


def test_a_command_that_talks_without_end_is_killed_and_the_next_one_runs(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    with pytest.raises(contract.EngineError, match="said more than"):
        workshop.engine.execute(spec.name, ["sh", "-c", "yes"])
    assert workshop.engine.execute(spec.name, ["true"]).exit_code == 0


def test_eight_commands_at_once_do_not_mix_their_output(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    words = iter("abcdefgh")
    outcomes = _at_once(8, lambda: workshop.engine.execute(spec.name, ["echo", next(words)]).stdout)
    assert sorted(str(outcome) for outcome in outcomes) == [f"{word}\n" for word in "abcdefgh"]


def test_a_stopped_machine_runs_no_command(workshop: Workshop) -> None:
    spec = workshop.machine()
    with pytest.raises(contract.NotRunning):
        workshop.engine.execute(spec.name, ["true"])


def test_a_file_comes_back_as_it_was_written(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    content = bytes(range(256)) * 1000
    workshop.engine.push(spec.name, "/etc/souk-test", content)
    assert workshop.engine.pull(spec.name, "/etc/souk-test") == content
    with pytest.raises(contract.NotFound):
        workshop.engine.pull(spec.name, "/etc/souk-nothing")


def test_a_copy_of_a_running_machine_begins_with_what_is_on_its_disk_and_nothing_else_of_it(workshop: Workshop) -> None:
    engine = workshop.engine
    source = workshop.machine(start=True, labels={"instance": "a", "role": "next"})
    engine.push(source.name, "/etc/souk-test", b"before")
    copy = workshop.spec(labels={"instance": "b"}, limits=replace(LIMITS, vcpus=2, disk=3 * GIB))
    engine.copy(source.name, copy)
    engine.push(source.name, "/etc/souk-test", b"after")
    seen = workshop.observed(copy)
    assert (seen.status, seen.labels) == (MachineStatus.STOPPED, {"instance": "b"})
    assert (seen.limits, seen.address, seen.private) == (copy.limits, copy.address, "")
    assert engine.pull(copy.name, "/etc/souk-test") == b"before"
    for again in (source, copy):
        engine.stop(again.name, force=True)
        engine.start(again.name)
        assert workshop.observed(again).status == MachineStatus.RUNNING
    engine.delete(source.name)
    assert engine.pull(copy.name, "/etc/souk-test") == b"before"


def test_a_copy_has_no_card_in_its_sources_private_network(workshop: Workshop, network: str) -> None:
    workshop.engine.ensure_network(network)
    source, copy = workshop.machine(private=network), workshop.spec()
    workshop.engine.copy(source.name, copy)
    assert workshop.observed(copy).private == ""


def test_a_copy_has_a_name_and_an_address_of_its_own_or_is_not_made(workshop: Workshop) -> None:
    source, other, copy = workshop.machine(start=True), workshop.machine(), workshop.spec()
    with pytest.raises(contract.AlreadyExists):
        workshop.engine.copy(source.name, replace(copy, name=other.name))
    with pytest.raises(contract.AddressTaken):
        _copied_and_started(workshop, source, replace(copy, address=source.address))


def _copied_and_started(workshop: Workshop, source: MachineSpec, copy: MachineSpec) -> None:
    workshop.engine.copy(source.name, copy)
    workshop.engine.start(copy.name)


def test_a_disk_smaller_than_what_is_shared_with_a_copy_is_refused_too(workshop: Workshop) -> None:
    source, copy = workshop.machine(start=True), workshop.spec()
    workshop.engine.copy(source.name, copy)
    for one in (source, copy):
        with pytest.raises(contract.Refused):
            workshop.engine.resize(one.name, replace(LIMITS, disk=16 * MIB))


def test_what_is_shared_with_a_copy_counts_for_both_as_long_as_both_are_there(workshop: Workshop) -> None:
    engine = workshop.engine
    source, copy = workshop.machine(start=True), workshop.spec()
    _wait_until_booted(workshop, source)
    before = _disk(workshop, source)
    engine.copy(source.name, copy)
    engine.start(copy.name)
    for one in (source, copy):
        assert _disk(workshop, one) >= before
        assert {row.name: row.disk for row in engine.usage()}[one.name] >= before
    engine.delete(source.name)
    assert _disk(workshop, copy) < 3 * before


def _disk(workshop: Workshop, spec: MachineSpec) -> int:
    usage = workshop.engine.usage_of(spec.name)
    assert usage is not None
    return usage.disk


def test_a_machine_goes_back_to_a_snapshot_and_forward_to_a_later_one(workshop: Workshop) -> None:
    engine, spec = workshop.engine, workshop.machine(start=True)
    for word in ("one", "two"):
        engine.push(spec.name, "/root/word", word.encode())
        engine.snapshot(spec.name, word)
    engine.push(spec.name, "/root/word", b"three")
    engine.push(spec.name, "/root/later", b"later")
    engine.stop(spec.name, force=True)
    assert [each.name for each in engine.snapshots(spec.name)] == ["one", "two"]
    for word in ("one", "two"):
        engine.restore_snapshot(word, spec)
        assert engine.pull(spec.name, "/root/word") == word.encode()
        with pytest.raises(contract.NotFound):
            engine.pull(spec.name, "/root/later")
    assert [each.name for each in engine.snapshots(spec.name)] == ["one", "two"]


def test_only_the_disk_goes_back(workshop: Workshop, network: str) -> None:
    engine, spec = workshop.engine, workshop.machine(labels={"instance": "i", "epoch": "1", "old": "yes"})
    engine.ensure_network(network)
    engine.attach(spec.name, Card(network, "10.199.0.20"))
    engine.snapshot(spec.name, "before")
    engine.detach(spec.name)
    now = replace(spec, limits=replace(LIMITS, memory=512 * MIB, disk=3 * GIB), labels={"instance": "i", "epoch": "2"})
    engine.restore_snapshot("before", now)
    seen = workshop.observed(spec)
    assert (seen.limits, seen.labels, seen.card) == (now.limits, now.labels, None)
    assert (seen.address, seen.status) == (spec.address, MachineStatus.STOPPED)
    engine.start(spec.name)
    assert workshop.observed(spec).status == MachineStatus.RUNNING


def test_taking_and_deleting_a_snapshot_twice_does_nothing_more(workshop: Workshop) -> None:
    engine, spec = workshop.engine, workshop.machine()
    engine.push(spec.name, "/root/word", b"first")
    engine.snapshot(spec.name, "kept")
    engine.push(spec.name, "/root/word", b"second")
    engine.snapshot(spec.name, "kept")
    engine.restore_snapshot("kept", spec)
    assert engine.pull(spec.name, "/root/word") == b"first"
    for _ in range(2):
        engine.delete_snapshot(spec.name, "kept")
        assert list(engine.snapshots(spec.name)) == []
    engine.delete_snapshot(f"{workshop.prefix}nobody", "kept")


def test_what_can_not_go_back_stays_as_it_is(workshop: Workshop) -> None:
    engine, spec = workshop.engine, workshop.machine(start=True)
    engine.snapshot(spec.name, "kept")
    with pytest.raises(contract.Busy):
        engine.restore_snapshot("kept", spec)
    engine.stop(spec.name, force=True)
    with pytest.raises(contract.Refused):
        engine.restore_snapshot("kept", replace(spec, limits=replace(LIMITS, disk=LIMITS.disk - GIB // 2)))
    with pytest.raises(contract.NotFound):
        engine.restore_snapshot("never-taken", spec)
    assert workshop.observed(spec).limits == LIMITS


def test_nobodys_snapshots_are_not_found(workshop: Workshop) -> None:
    for act in (
        lambda name: workshop.engine.snapshot(name, "one"),
        workshop.engine.snapshots,
        lambda name: workshop.engine.copy(name, workshop.spec(), snapshot="one"),
    ):
        with pytest.raises(contract.NotFound):
            act(f"{workshop.prefix}nobody")


def test_a_copy_begins_with_what_a_snapshot_holds(workshop: Workshop) -> None:
    engine, spec = workshop.engine, workshop.machine(labels={"instance": "source", "only": "its"})
    engine.push(spec.name, "/root/word", b"then")
    engine.snapshot(spec.name, "kept")
    engine.push(spec.name, "/root/word", b"now")
    copy = workshop.spec(labels={"instance": "copy"})
    engine.copy(spec.name, copy, snapshot="kept")
    assert engine.pull(copy.name, "/root/word") == b"then"
    assert workshop.observed(copy).labels == {"instance": "copy"}
    assert list(engine.snapshots(copy.name)) == []
    with pytest.raises(contract.NotFound):
        engine.copy(spec.name, workshop.spec(), snapshot="never-taken")


def test_what_a_snapshot_keeps_is_counted(workshop: Workshop) -> None:
    engine, spec = workshop.engine, workshop.machine(start=True)
    _wait_until_booted(workshop, spec)
    content = bytes(range(256)) * 4096 * 8
    engine.push(spec.name, "/root/large", content)
    before = _settled_usage(workshop, spec)
    engine.snapshot(spec.name, "kept")
    assert _settled_usage(workshop, spec) >= before - MIB
    engine.push(spec.name, "/root/large", b"")
    engine.execute(spec.name, ["sh", "-c", "sync"])
    assert _until(lambda: engine.snapshots(spec.name)[0].size >= len(content) // 2)
    kept = _settled_usage(workshop, spec)
    engine.delete_snapshot(spec.name, "kept")
    assert _until(lambda: _settled_usage(workshop, spec) <= kept)


def _settled_usage(workshop: Workshop, spec: MachineSpec) -> int:
    workshop.engine.execute(spec.name, ["sh", "-c", "sync"])
    usage = workshop.engine.usage_of(spec.name)
    assert usage is not None
    return usage.disk


def _until(true: Callable[[], bool], patience: float = 10.0) -> bool:
    deadline = time.monotonic() + patience
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def test_usage_counts_running_machines_only(workshop: Workshop) -> None:
    running, stopped = workshop.machine(start=True), workshop.machine()
    _wait_until_booted(workshop, running)
    usage = {row.name: row for row in workshop.engine.usage()}
    assert stopped.name not in usage
    assert 0 < usage[running.name].disk < LIMITS.disk
    assert 0 < usage[running.name].memory <= LIMITS.memory
    assert usage[running.name].cpu_seconds > 0
    assert usage[running.name].egress >= 0


def test_the_usage_of_one_machine_is_that_of_the_listing(workshop: Workshop) -> None:
    running, stopped = workshop.machine(start=True), workshop.machine()
    one = workshop.engine.usage_of(running.name)
    [listed] = [row for row in workshop.engine.usage() if row.name == running.name]
    assert one is not None
    assert (one.name, one.disk > 0, one.memory > 0) == (running.name, listed.disk > 0, listed.memory > 0)
    assert one.cpu_seconds <= listed.cpu_seconds
    assert workshop.engine.usage_of(stopped.name) is None
    assert workshop.engine.usage_of(f"{workshop.prefix}nobody") is None


def test_a_host_has_room_and_runs_containers(workshop: Workshop) -> None:
    [host] = workshop.engine.hosts()
    assert host.online
    assert host.vcpus >= 1
    assert 0 < host.memory_used < host.memory_total or host.memory_used == 0
    assert 0 <= host.disk_used < host.disk_total
    assert workshop.engine.supports(MachineKind.CONTAINER)


def test_an_image_is_imported_replaced_and_deleted(workshop: Workshop, tarballs: Callable[[str], Path]) -> None:
    alias = f"souk/{workshop.prefix}image"
    for digest in ("first", "second", "second"):
        workshop.engine.import_image(str(tarballs(digest)), alias, {"souk.digest": digest})
        [image] = [image for image in workshop.engine.images() if alias in image.aliases]
        assert image.properties["souk.digest"] == digest
        assert image.size == tarballs(digest).stat().st_size
    for _ in range(2):
        workshop.engine.delete_image(alias)
    assert not [image for image in workshop.engine.images() if alias in image.aliases]


def test_events_tell_what_happened_to_which_machine(workshop: Workshop) -> None:
    spec = workshop.spec()
    events = workshop.engine.events()
    workshop.engine.create(spec)
    workshop.engine.start(spec.name)
    seen = []
    for event in events:
        if event.machine == spec.name:
            seen.append(event.action)
        if event.action == "instance-started" and event.machine == spec.name:
            break
    assert seen[0] == "instance-created"


@pytest.mark.parametrize("call", ["hosts", "machines", "usage", "images", "machine", "create", "execute", "events"])
def test_an_engine_out_of_reach_says_so(workshop: Workshop, call: str) -> None:
    engine, spec = workshop.unreachable, workshop.spec()
    arguments: dict[str, tuple[object, ...]] = {
        "machine": (spec.name,),
        "create": (spec,),
        "execute": (spec.name, ["true"]),
    }
    with pytest.raises(contract.EngineUnavailable):
        getattr(engine, call)(*arguments.get(call, ()))


def _outcome(outcome: object) -> str:
    return type(outcome).__name__ if isinstance(outcome, Exception) else "done"


@pytest.fixture
def network(workshop: Workshop) -> Iterator[str]:
    """The name of a private network that is gone after the test, with the machines in it."""
    name = f"{workshop.prefix}net"[:15]
    yield name
    for machine in workshop.engine.machines():
        if machine.private == name or (machine.card is not None and machine.card.network == name):
            workshop.engine.delete(machine.name)
    workshop.engine.delete_network(name)


def test_a_private_network_is_made_once_and_deleted_once(workshop: Workshop, network: str) -> None:
    workshop.engine.ensure_network(network)
    workshop.engine.ensure_network(network)
    assert network in workshop.engine.networks()
    workshop.engine.delete_network(network)
    workshop.engine.delete_network(network)
    assert network not in workshop.engine.networks()


def test_a_machine_has_a_card_in_the_private_network_it_was_made_in(workshop: Workshop, network: str) -> None:
    workshop.engine.ensure_network(network)
    spec = workshop.machine(private=network)
    assert workshop.observed(spec).private == network
    with pytest.raises(contract.Busy):
        workshop.engine.delete_network(network)


def test_a_running_machine_joins_a_private_network(workshop: Workshop, network: str) -> None:
    spec = workshop.machine(start=True)
    assert workshop.observed(spec).private == ""
    workshop.engine.ensure_network(network)
    workshop.engine.join(spec.name, network)
    workshop.engine.join(spec.name, network)
    assert workshop.observed(spec).private == network


def test_a_private_network_nobody_made_is_not_found(workshop: Workshop) -> None:
    with pytest.raises(contract.NotFound):
        workshop.machine(private=f"{workshop.prefix}none"[:15])
    spec = workshop.machine()
    with pytest.raises(contract.NotFound):
        workshop.engine.attach(spec.name, Card(f"{workshop.prefix}none"[:15], "10.199.0.10"))


def test_four_that_ask_for_the_same_private_network_at_once_have_it(workshop: Workshop, network: str) -> None:
    outcomes = _at_once(4, lambda: workshop.engine.ensure_network(network))
    assert set(map(_outcome, outcomes)) == {"done"}
    workshop.engine.attach(workshop.machine(start=True).name, Card(network, "10.199.0.10"))


@pytest.mark.parametrize("start", [False, True])
def test_a_machine_is_attached_to_a_private_network_and_detached(workshop: Workshop, network: str, start: bool) -> None:
    spec = workshop.machine(start=start)
    workshop.engine.ensure_network(network)
    card = Card(network, "10.199.0.10")
    workshop.engine.attach(spec.name, card)
    workshop.engine.attach(spec.name, card)
    assert workshop.observed(spec).card == card
    listed = {machine.name: machine for machine in workshop.engine.machines()}
    assert listed[spec.name].card == card
    with pytest.raises(contract.Busy):
        workshop.engine.delete_network(network)
    workshop.engine.attach(spec.name, replace(card, address="10.199.0.11"))
    assert workshop.observed(spec).card == replace(card, address="10.199.0.11")
    workshop.engine.detach(spec.name)
    workshop.engine.detach(spec.name)
    assert workshop.observed(spec).card is None
    workshop.engine.delete_network(network)


def test_an_address_in_a_private_network_is_one_machines(workshop: Workshop, network: str) -> None:
    first, second = workshop.machine(start=True), workshop.machine(start=True)
    workshop.engine.ensure_network(network)
    workshop.engine.attach(first.name, Card(network, "10.199.0.10"))
    with pytest.raises(contract.AddressTaken):
        workshop.engine.attach(second.name, Card(network, "10.199.0.10"))
    assert workshop.observed(second).card is None
    workshop.engine.detach(first.name)
    workshop.engine.attach(second.name, Card(network, "10.199.0.10"))


def test_a_machine_joins_one_private_network_and_is_attached_to_another(workshop: Workshop, network: str) -> None:
    other = f"{network[:-1]}o"
    for each in (network, other):
        workshop.engine.ensure_network(each)
    spec = workshop.machine(private=network)
    workshop.engine.attach(spec.name, Card(other, "10.199.0.10"))
    workshop.engine.start(spec.name)
    seen = workshop.observed(spec)
    assert (seen.private, seen.card) == (network, Card(other, "10.199.0.10"))
    workshop.engine.detach(spec.name)
    assert workshop.observed(spec).private == network
    workshop.engine.delete_network(other)


def test_a_copy_is_attached_to_nothing(workshop: Workshop, network: str) -> None:
    workshop.engine.ensure_network(network)
    source, copy = workshop.machine(), workshop.spec()
    workshop.engine.attach(source.name, Card(network, "10.199.0.10"))
    workshop.engine.copy(source.name, copy)
    assert workshop.observed(copy).card is None
    workshop.engine.start(copy.name)


def test_the_networks_that_hosts_reach_are_networks(workshop: Workshop) -> None:
    for each in workshop.engine.occupied():
        ipaddress.IPv4Network(each)


def _at_once(count: int, act: Callable[[], object]) -> list[object]:
    """Run `act` on `count` threads that begin together; return what each returned or raised."""
    outcomes: list[object] = []
    gate = threading.Barrier(count)

    def run() -> None:
        gate.wait()
        try:
            outcomes.append(act())
        except contract.EngineError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def _wait_until_booted(workshop: Workshop, spec: MachineSpec) -> None:
    script = "until systemctl is-system-running | grep -qE 'running|degraded'; do sleep 0.1; done"
    assert workshop.engine.execute(spec.name, ["sh", "-c", script], timeout=60).exit_code == 0


def test_a_machine_is_exposed_as_it_was_told_last_and_to_nobody_once_it_is_gone(workshop: Workshop) -> None:
    spec, ssh = workshop.machine(), Passage(IPProtocol.TCP, 22, 22)
    wide = Exposure(spec.address, "203.0.113.250", (ssh,), (Passage(IPProtocol.ANY),))
    narrow = Exposure(spec.address, "203.0.113.250", (), (ssh,))
    for each in (wide, wide, narrow):
        workshop.engine.expose(each)
        assert (workshop.engine.exposures() or {})[spec.address] == each.token
    workshop.engine.delete(spec.name)
    assert spec.address not in (workshop.engine.exposures() or {})


def test_a_public_address_leads_to_the_machine_that_was_told_last(workshop: Workshop) -> None:
    made = [workshop.machine(), workshop.machine()]
    for spec in made:
        workshop.engine.expose(Exposure(spec.address, "203.0.113.251", (Passage(IPProtocol.ICMP),)))
    there = workshop.engine.exposures() or {}
    assert [bool(there.get(spec.address)) for spec in made] == [False, True]
    for spec in made:
        workshop.engine.delete(spec.name)
