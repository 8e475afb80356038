"""Finding drift: one bulk listing of the engine beside what is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from souk.engines.contract import Card, Engine, Machine, MachineStatus
from souk.engines.exposure import Exposure
from souk.provisioning.models import Desired, MachineRole
from souk.provisioning.reconciler import exposing, lease, records
from souk.provisioning.reconciler.records.subjects import CARRYING


@dataclass(frozen=True)
class Drift:
    """What a listing found: instances to visit again, machines that carry our label but no row, and all there are; and
    of private networks those to visit again, and those that nobody has. Where machines stand; and addresses
    of machines that the world reaches though none of ours is to be reached there.
    """

    instances: list[UUID]
    orphans: list[str]
    observed: list[str]
    networks: list[UUID]
    orphan_networks: list[str]
    hosts: dict[str, str]
    strays: list[str]


def compare(engine: Engine) -> Drift:
    """Compare every machine and private network of the engine with every one that is recorded."""
    observed = {machine.name: machine for machine in engine.machines()}
    recorded = records.machine_subjects()
    attached = records.attached()
    drifted = []
    for name, (instance, desired, role) in recorded.items():
        if role not in CARRYING:
            continue
        machine = observed.get(name)
        running = machine is not None and machine.status == MachineStatus.RUNNING
        if (
            desired == Desired.DELETED
            or (desired == Desired.RUNNING and not (running and _plugged(machine, role, attached.get(instance))))
            or (desired in (Desired.STOPPED, Desired.SUSPENDED, Desired.SOFT_DELETED) and running)
        ):
            drifted.append(instance)
    networks, orphan_networks = compare_networks(engine)
    otherwise, strays = exposing.compare(engine)
    drifted += [each for each in otherwise if each not in drifted]
    hosts = {name: observed[name].host for name in recorded.keys() & observed.keys()}
    return Drift(drifted, orphans(observed, recorded), list(observed), networks, orphan_networks, hosts, strays)


def _plugged(machine: Machine | None, role: str, wanted: tuple[str, str] | None) -> bool:
    """Whether a machine has the card that it should have: only one that clients connect to has any."""
    wanted = None if role == MachineRole.MEMBER else wanted
    return machine is not None and machine.card == (Card(*wanted) if wanted else None)


def compare_networks(engine: Engine) -> tuple[list[UUID], list[str]]:
    """Private networks that lack, or are there though nothing is in them, by their ids; and those that nobody has."""
    known, there = records.bridges(), set(engine.networks())
    lacking = [network for bridge, network in known.wanted.items() if bridge not in there]
    idle = [network for bridge, network in known.unwanted.items() if bridge in there]
    return lacking + idle, sorted(there - known.wanted.keys() - known.unwanted.keys() - known.services)


def orphans(observed: Mapping[str, Machine], recorded: Mapping[str, tuple[UUID, str, str]]) -> list[str]:
    """Names of machines that carry our label but have no row, or only one of a machine that waits for an order, though
    the engine shows whose they are: a restored database knows nothing of the order.
    """
    return [
        name
        for name, machine in observed.items()
        if {"instance", "pool"} & machine.labels.keys()
        and (name not in recorded or (recorded[name][2] == MachineRole.WARM and "instance" in machine.labels))
    ]


def resync(engine: Engine) -> Drift:
    """Compare, and make what drifted due. An orphan is reported, never deleted: its data may be somebody's. What new
    machines are made from, and where they stand, is recorded beside it.
    """
    records.note_images(engine.images())
    engine.keep_ranges(records.ranges())
    drift = compare(engine)
    records.note_hosts(drift.hosts)
    for address in drift.strays:
        engine.expose(Exposure(address))
    if drift.instances or drift.networks:
        lease.wake(drift.instances + drift.networks)
    return drift
