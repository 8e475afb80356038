"""An instance's machines on the engine: made or adopted, given their limits, stopped, moved, deleted."""

from __future__ import annotations

from contextlib import suppress

from django.utils.translation import gettext_noop

from souk.engines import contract as engines
from souk.engines.contract import Engine, MachineSpec
from souk.provisioning.contract import ConfigurationFailed
from souk.provisioning.models import MachineRole
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.ground import step
from souk.provisioning.reconciler.lease import Fenced, Lease
from souk.provisioning.reconciler.records import Assigned, Subject

DOES_NOT_FIT = gettext_noop("What is on the disk does not fit into the new size; the old one stays.")


def create(engine: Engine, spec: MachineSpec) -> None:
    """Make and start a machine, or adopt it if an earlier, killed attempt for the same instance made it.

    Raises:
        AlreadyExists: it is another instance's. Fenced.
    """
    try:
        engine.create(spec, start=True)
    except engines.AlreadyExists:
        adopt(engine, spec)
        engine.start(spec.name)


def unclaimed(observed: engines.Machine) -> bool:
    """Whether a machine that waits for an order carries no service yet, as the engine keeps it."""
    return "instance" not in observed.labels and "pool" in observed.labels


def claim(engine: Engine, lease: Lease, subject: Subject, observed: engines.Machine) -> None:
    """Let the engine keep with a machine that waited whose it is now.

    Raises:
        Outdated: somebody else did.
    """
    engine.label(observed.name, {"instance": str(subject.row.id), "epoch": str(lease.epoch)}, etag=observed.etag)


def carries(observed: engines.Machine, subject: Subject) -> bool:
    """Whether a machine that is recorded as an instance's is that on the engine too, or not yet anybody's."""
    return observed.labels.get("instance") == str(subject.row.id) or unclaimed(observed)


def adopt(engine: Engine, spec: MachineSpec) -> None:
    """Take over a machine of this name that an earlier, killed attempt for the same instance made.

    Raises:
        AlreadyExists: it is another instance's. Fenced: a later claim made it.
    """
    observed = engine.machine(spec.name)
    if observed is None or observed.labels.get("instance") != spec.labels["instance"]:
        raise engines.AlreadyExists(f"{spec.name} is another instance's")
    if int(observed.labels.get("epoch", "0")) > int(spec.labels["epoch"]):
        raise Fenced from None
    engine.label(spec.name, spec.labels, etag=observed.etag)


def fit(engine: Engine, lease: Lease, subject: Subject, observed: engines.Machine, limits: engines.Limits) -> None:
    """Give a machine the limits of its size. If it can't have them, the size before is desired again.

    Raises:
        Superseded: that was so.
    """
    if observed.limits == limits:
        return
    with step(lease, subject, "resize", 25, gettext_noop("Processors, memory and disk are what the new size gives.")):
        try:
            engine.resize(observed.name, limits, etag=observed.etag)
        except engines.Refused:
            records.resize_refused(subject, DOES_NOT_FIT)


def stop(engine: Engine, subject: Subject, machine: Assigned) -> None:
    """Stop a machine, what it has sent told before."""
    count(engine, subject, machine)
    engine.stop(machine.name)


def readdress(engine: Engine, subject: Subject, machine: Assigned) -> None:
    """Give a machine the address that is recorded of it, which the one before may still have; both are stopped for it.

    Raises:
        EngineError.
    """
    former = records.beside(subject, MachineRole.FORMER)
    for each in (former, machine) if former else (machine,):
        observed = engine.machine(each.name)
        if observed is None or observed.address == each.address:
            continue
        # Nothing runs in either that has anything left to write.
        engine.stop(each.name, force=True)
        engine.readdress(each.name, each.address, neighbours=each is machine and subject.serves_neighbours)


def relocate(engine: Engine, subject: Subject, machine: Assigned, host: str) -> None:
    """Stop a machine, what it has sent told before, and start it on another host. If it can't go there, it runs where
    it was.

    Raises:
        ConfigurationFailed: so it was. EngineUnavailable: the same, or it is to be looked for.
    """
    try:
        stop(engine, subject, machine)
        engine.move(machine.name, host)
    except engines.EngineError as error:
        with suppress(engines.EngineError):
            engine.start(machine.name)
        if isinstance(error, engines.EngineUnavailable):
            raise
        raise ConfigurationFailed(f"{machine.name} was not moved: {error}") from error
    engine.start(machine.name)


def delete(engine: Engine, subject: Subject, machine: Assigned) -> bool:
    """Delete a machine, what it has sent told before; whether it is seen to be gone.

    Raises:
        EngineError: a machine of that name belongs to something else.
    """
    observed = engine.machine(machine.name)
    if observed is not None:
        if not carries(observed, subject):
            raise engines.EngineError(f"{machine.name} belongs to something else")
        count(engine, subject, machine)
        engine.delete(machine.name)
    return engine.machine(machine.name) is None


def count(engine: Engine, subject: Subject, machine: Assigned) -> None:
    """Tell what the counters of the machine that clients connect to say before they end with it; what the next sample
    would have found is lost.
    """
    if machine.role in (MachineRole.PRIMARY, MachineRole.FRONT):
        usage = engine.usage_of(machine.name)
        if usage is not None:
            records.counted(subject, usage)
