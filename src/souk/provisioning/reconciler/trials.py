"""A machine that is thrown away: an instance's backup is tried out on it, under the instance's own lease."""

from __future__ import annotations

from souk.engines.contract import Engine, EngineError, MachineSpec
from souk.provisioning.contract import Blueprint
from souk.provisioning.models import MachineRole
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.records import Assigned, Subject


def begin(engine: Engine, subject: Subject, blueprint: Blueprint, epoch: int) -> Assigned:
    """A fresh machine like the instance's own; one that a killed attempt left is thrown away first."""
    throw_away(engine, subject)
    machine = records.assign_machine(subject, blueprint.recipe.alias, role=MachineRole.PROOF)
    engine.create(
        MachineSpec(
            name=machine.name,
            image=machine.image,
            limits=blueprint.limits(subject.wanted(machine.address).size),
            address=machine.address,
            labels={"instance": str(subject.row.id), "epoch": str(epoch), "role": MachineRole.PROOF},
        ),
        start=True,
    )
    return machine


def throw_away(engine: Engine, subject: Subject) -> None:
    """Delete the instance's trial machine, if it has one.

    Raises:
        EngineError: a machine of that name belongs to something else.
    """
    machine = records.trial_of(subject)
    if machine is None:
        return
    observed = engine.machine(machine.name)
    if observed is not None:
        if observed.labels.get("instance") != str(subject.row.id):
            raise EngineError(f"{machine.name} belongs to something else")
        engine.delete(machine.name)
    records.abandon_machine(machine)
