"""Machines beside an instance's own, under its lease: one on which a backup is tried out, one that is to take over."""

from __future__ import annotations

from collections.abc import Mapping

from souk.engines.contract import Engine, EngineError, MachineSpec
from souk.provisioning.contract import Blueprint
from souk.provisioning.models import MachineRole
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.records import Assigned, Subject


def begin(
    engine: Engine,
    subject: Subject,
    blueprint: Blueprint,
    epoch: int,
    role: MachineRole = MachineRole.PROOF,
    *,
    private: str = "",
    environment: Mapping[str, str] | None = None,
) -> Assigned:
    """A fresh machine like the instance's own; one that a killed attempt left is thrown away first. It has a card in
    the `private` network, if one is named, and starts with this `environment`.
    """
    throw_away(engine, subject)
    # Clear of what is on the engine and not recorded: trying again would find the same address.
    seen = [machine.address for machine in engine.machines() if machine.address]
    open_to_others = subject.serves_neighbours
    machine = records.assign_machine(subject, blueprint.recipe.alias, seen, role, platform=open_to_others)
    engine.create(
        MachineSpec(
            name=machine.name,
            image=machine.image,
            limits=blueprint.limits(subject.wanted(machine.address).size),
            address=machine.address,
            labels={"instance": str(subject.row.id), "epoch": str(epoch), "role": role},
            private=private,
            environment=environment or {},
            host=machine.host or None,
            neighbours=open_to_others,
        ),
        start=True,
    )
    return machine


def throw_away(engine: Engine, subject: Subject, *roles: MachineRole) -> list[str]:
    """Delete the instance's machines of these roles (by default those in passing, and then a former one
    rests), if it has any; returns their names.

    Raises:
        EngineError: a machine of that name belongs to something else.
    """
    gone = []
    for role in roles or records.PASSING:
        machine = records.beside(subject, role)
        if machine is None:
            continue
        observed = engine.machine(machine.name)
        if observed is not None:
            if observed.labels.get("instance") != str(subject.row.id):
                raise EngineError(f"{machine.name} belongs to something else")
            engine.delete(machine.name)
        records.abandon_machine(machine)
        gone.append(machine.name)
    former = None if roles else records.beside(subject, MachineRole.FORMER)
    if former is not None and engine.machine(former.name) is not None:
        engine.stop(former.name)
    return gone
