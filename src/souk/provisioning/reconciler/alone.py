"""A service on one machine, as it should run."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_noop

from souk.engines.contract import Limits, MachineSpec, MachineStatus
from souk.kernel import clock
from souk.provisioning.contract import VERSION, ServerCertificate
from souk.provisioning.models import InstanceState, MachineRole
from souk.provisioning.reconciler import (
    actions,
    answering,
    branching,
    exposing,
    filling,
    going_back,
    guarding,
    machines,
    plugging,
    records,
    releases,
    repositories,
    schedule,
    together,
    warm,
)
from souk.provisioning.reconciler.actions import Work
from souk.provisioning.reconciler.ground import Ground, MachineLost, Unhealthy, probe_until_healthy, step
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.lease import Lease, Superseded
from souk.provisioning.reconciler.records import Assigned, Subject
from souk.provisioning.reconciler.shrinking import shrink
from souk.provisioning.registry import blueprint as find_blueprint
from souk.sites import authority, certificates


def run(ground: Ground, lease: Lease, subject: Subject) -> None:
    """Bring the service to what is desired.

    Raises:
        Fenced, Superseded, EngineError, ConfigurationFailed, Unhealthy, MachineLost, NoAddress.
    """
    # Where a killed attempt left a machine that was to take over, the present one may have stopped serving for it.
    interrupted = subject.machine_as(MachineRole.NEXT) is not None
    # Where it was one of several until now, what is left of them goes once it serves, and only then its disk shrinks.
    parted = bool(subject.left_over)
    back = _go_back(ground, lease, subject)
    if not back and subject.steady and not interrupted and not parted and _keeps_running(ground, lease, subject):
        return
    row = subject.row
    blueprint = find_blueprint(row.blueprint)
    if row.state == InstanceState.PENDING:
        records.set_state(row.id, InstanceState.PROVISIONING)
    if warm.begin(ground, lease, subject, blueprint):
        return
    machine = records.assign_machine(subject, blueprint.recipe.alias, platform=subject.serves_neighbours)
    with step(lease, subject, "prepare", 10, gettext_noop("Address, credentials and certificate are prepared.")):
        credentials = records.ensure_credentials(subject, blueprint)
        ca = authority.unlock(row.site_id)
        issued = certificates.issue(ca, subject.hostname, machine.address, subject.also)
        certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
    wanted = subject.wanted(machine.address)
    spec = _spec(lease, subject, machine, blueprint.limits(wanted.size))
    if parted and (there := ground.engine.machine(machine.name)) is not None:
        spec = replace(spec, limits=replace(spec.limits, disk=max(spec.limits.disk, there.limits.disk)))
    copied, shrinks = _bring_up(ground, lease, subject, machine, spec)
    guest = MachineGuest(ground.engine, machine.name)
    guarding.guard(guest, row)
    plugging.plug(ground, subject, machine)
    exposing.expose(ground, subject, machine)
    if not copied and row.ready_at is None and row.restored_from is not None and blueprint.archivist is not None:
        with step(lease, subject, "restore", 70, gettext_noop("The data is restored.")):
            repository = repositories.flushed(ground.engine, blueprint.archivist, row.restored_from, row.restore_until)
            filling.fill(ground.engine, machine, blueprint.archivist, wanted, repository, row.restore_until)
    ground.names.publish(subject.hostname, machine.address, subject.below)
    with step(lease, subject, "configure", 85, gettext_noop("The service is configured.")):
        blueprint.configure(guest, wanted, credentials, certificate)
    if blueprint.domains is not None:
        answering.serve(lease, subject, blueprint.domains, guest, wanted)
    if shrinks and (larger := ground.engine.machine(machine.name)) is not None:
        machines.fit(ground.engine, lease, subject, larger, spec.limits)
    with step(lease, subject, "probe", 95, gettext_noop("The service answers.")):
        probe_until_healthy(lambda: blueprint.probe(wanted, credentials, ca.certificate))
        seen = blueprint.identity.read(guest, wanted) if blueprint.identity else None
        records.record_endpoint(subject, machine.address, blueprint.port, certificate, issued.expires_at, seen)
    if row.ready_at is not None:
        records.answered(subject, configured=True)
    if row.state == InstanceState.UPDATING:
        # It serves again; what waits, such as a proof of its backup, may take much longer.
        records.set_state(row.id, InstanceState.READY)
    if parted:
        together.clear(ground.engine, lease, subject)
        raise Superseded
    _perform(ground, Work(lease, subject, blueprint, ground.engine, guest, wanted))
    records.converged(lease, subject, InstanceState.READY)


def _go_back(ground: Ground, lease: Lease, subject: Subject) -> bool:
    """Have the disk of a service that was ready be what it was, if that was asked for; whether it was."""
    machine, blueprint = subject.machine, find_blueprint(subject.row.blueprint)
    if machine is None or blueprint.snapshots is None or subject.row.ready_at is None:
        return False
    wanted = subject.wanted(machine.address)
    work = Work(lease, subject, blueprint, ground.engine, MachineGuest(ground.engine, machine.name), wanted)
    return going_back.go_back(work, _spec(lease, subject, machine, blueprint.limits(wanted.size)))


def _bring_up(
    ground: Ground, lease: Lease, subject: Subject, machine: Assigned, spec: MachineSpec
) -> tuple[bool, bool]:
    """Have the machine run, made now or before. Whether it began as a copy of another one's disk, and whether it is
    still to get less memory: a machine grows before its service, and shrinks after it, so that what runs has the memory
    it was told of at any time.
    """
    row, blueprint = subject.row, find_blueprint(subject.row.blueprint)
    observed = None if machine.fresh else ground.engine.machine(machine.name)
    if observed is not None and machines.unclaimed(observed):
        machines.claim(ground.engine, lease, subject, observed)
        observed = ground.engine.machine(machine.name)
    if observed is None and blueprint.holds_data and row.ready_at is not None:
        raise MachineLost(machine.name)
    if observed is None and not machine.fresh:
        spec = replace(spec, host=records.host_of(subject, machine) or None)
    copied = branching.branch(ground.engine, lease, subject, spec, observed)
    if observed is None and not copied:
        with step(lease, subject, "create", 45, gettext_noop("The machine is made and has started.")):
            machines.create(ground.engine, spec)
    elif observed is not None and observed.status == MachineStatus.RUNNING and records.restart_asked(subject):
        with step(lease, subject, "stop", 30, gettext_noop("The machine is stopped.")):
            machines.stop(ground.engine, subject, machine)
    if observed is not None and observed.address != machine.address:
        with step(lease, subject, "stop", 30, gettext_noop("The machine is stopped.")):
            machines.readdress(ground.engine, subject, machine)
        observed = ground.engine.machine(machine.name)
    if observed is not None and observed.limits.disk > spec.limits.disk:
        shrink(ground.engine, lease, subject, blueprint, observed, spec.limits.disk)
        observed = ground.engine.machine(machine.name) or observed
    shrinks = observed is not None and observed.limits.memory > spec.limits.memory
    if observed is not None and not shrinks:
        machines.fit(ground.engine, lease, subject, observed, spec.limits)
    if observed is not None and not copied:
        with step(lease, subject, "start", 45, gettext_noop("The machine has started.")):
            ground.engine.start(machine.name)
    return copied, shrinks


def _keeps_running(ground: Ground, lease: Lease, subject: Subject) -> bool:
    """Have a service that was configured before run and answer, and do what was asked of it; False if that needs more.

    Most visits are of this kind: a machine that stopped, an operation, a look after a restart of the engine.
    """
    row, machine, blueprint = subject.row, subject.machine, find_blueprint(subject.row.blueprint)
    assert machine is not None, "a steady instance has a machine"
    observed = ground.engine.machine(machine.name)
    wanted = subject.wanted(machine.address)
    if observed is None or observed.limits != blueprint.limits(wanted.size) or not plugging.fits(subject, observed):
        return False
    ended = observed.status != MachineStatus.RUNNING
    if ended:
        ground.engine.start(machine.name)
        records.machine_started(subject, machine.name)
    exposing.expose(ground, subject, machine)
    ground.names.publish(subject.hostname, machine.address, subject.below)
    credentials = records.ensure_credentials(subject, blueprint)
    trusted = authority.certificate(row.site_id)
    with lease.kept():
        try:
            probe_until_healthy(lambda: blueprint.probe(wanted, credentials, trusted))
        except Unhealthy:
            return False
    if ended:
        records.answered(subject)
    if not machine.fingerprint:
        releases.ask(ground.engine, blueprint, machine, wanted)
    changed = row.trouble or row.observed_generation != row.generation
    due = schedule.next_due(row)
    if subject.asked or (due is not None and due <= clock.now()):
        guest = MachineGuest(ground.engine, machine.name)
        _perform(ground, Work(lease, subject, blueprint, ground.engine, guest, wanted))
        changed = True
    if changed:
        records.converged(lease, subject, InstanceState.READY)
    else:
        records.found_steady(lease, subject)
    return True


def _perform(ground: Ground, work: Work) -> None:
    actions.perform(work)
    if work.blueprint.names_below:
        subject = records.load(work.subject.row.id)
        ground.names.publish(subject.hostname, work.wanted.address, subject.below)


def _spec(lease: Lease, subject: Subject, machine: Assigned, limits: Limits) -> MachineSpec:
    blueprint, version = find_blueprint(subject.row.blueprint), str(subject.row.parameters.get(VERSION, ""))
    return MachineSpec(
        name=machine.name,
        image=machine.image,
        limits=limits,
        address=machine.address,
        labels={"instance": str(subject.row.id), "epoch": str(lease.epoch)},
        host=machine.host or None,
        neighbours=subject.serves_neighbours,
        environment=blueprint.upgrader.environment(version) if blueprint.upgrader and version else {},
    )
