"""One instance, from what its engine shows to what is recorded. Each step observes, compares, acts; all may repeat."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.utils.translation import gettext_noop

from souk.engines import contract as engines
from souk.engines.contract import Engine, MachineSpec, MachineStatus
from souk.kernel import clock
from souk.provisioning.contract import Archivist, ConfigurationFailed, Declined, Repository, ServerCertificate
from souk.provisioning.models import Desired, InstanceState, MachineRole
from souk.provisioning.reconciler import actions, guarding, records, repositories, schedule, trials
from souk.provisioning.reconciler.actions import Work
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.lease import Fenced, Lease, Superseded
from souk.provisioning.reconciler.records import Assigned, Subject
from souk.provisioning.registry import blueprint as find_blueprint
from souk.sites import authority, certificates
from souk.sites.names import Names

log = structlog.get_logger("souk.reconciler")
PROBE_PATIENCE = 20.0
GIVE_UP_AFTER = 8


@dataclass(frozen=True)
class Ground:
    """What the reconciler works on: a site's engine and its names. `image` turns an alias into what to launch."""

    engine: Engine
    names: Names


class Unhealthy(Exception):
    """The service does not answer as its clients need it to."""


@contextmanager
def _step(lease: Lease, subject: Subject, name: str, progress: int, sentence: str) -> Iterator[None]:
    lease.renew()
    started = time.monotonic()
    with lease.kept():
        yield
    records.log_step(subject, name, progress, sentence, time.monotonic() - started)


class MachineLost(Exception):
    """A machine that held a customer's data is gone, and its disk with it."""


#: What is told of each kind of trouble, the special before the general.
_TROUBLES: tuple[tuple[type[Exception], str], ...] = (
    (engines.EngineUnavailable, gettext_noop("The engine does not answer; this goes on as soon as it does.")),
    (engines.PoolFull, gettext_noop("The site's storage is full; this goes on as soon as there is room.")),
    (engines.DiskFull, gettext_noop("The service's own disk is full; delete something, or take a larger plan.")),
    (
        engines.ImageMissing,
        gettext_noop("The service's image is missing on the engine; the operator must build it."),
    ),
    (
        MachineLost,
        gettext_noop(
            "The service's machine is gone, and its data with it. The operator has been told; nothing is charged."
        ),
    ),
    (engines.EngineError, gettext_noop("A step failed and is tried again.")),
    (ConfigurationFailed, gettext_noop("A step failed and is tried again.")),
    (Unhealthy, gettext_noop("A step failed and is tried again.")),
    (records.NoAddress, gettext_noop("The site's network has no free address; the operator must enlarge it.")),
)


def converge(ground: Ground, lease: Lease) -> None:
    """Work one claim to its end: reached, superseded, to be retried, or taken over by another worker."""
    subject = records.load(lease.subject)
    try:
        _PATHS[Desired(subject.row.desired)](ground, lease, subject)
    except Fenced:
        log.info("fenced", instance=str(lease.subject), epoch=lease.epoch)
    except Superseded:
        _hand_back(lease)
    except engines.AddressTaken as error:
        log.warning("address taken", instance=str(lease.subject), error=str(error)[:200])
        _move_address(ground, lease, error)
    except tuple(kind for kind, _ in _TROUBLES) as error:
        _trouble(lease, subject, error)


def _move_address(ground: Ground, lease: Lease, error: Exception) -> None:
    """If something that isn't recorded here has the machine's address, take another one, clear of all that is seen.

    The machine itself may be the one that has it: a killed worker's request to make it goes on inside the engine. Then,
    and while it can't be seen who has it, this only waits; so it does for a machine that ever held a customer's data.
    A machine that was made but could not start for its address is deleted before it is given up.
    """
    subject = records.load(lease.subject)
    mine = subject.machine
    holders = {
        machine.address: machine.name
        for machine in ground.engine.machines()
        if machine.address and (mine is None or machine.name != mine.name)
    }
    if mine is None or mine.address not in holders or subject.row.ready_at is not None:
        _trouble(lease, subject, error)
        return
    observed = ground.engine.machine(mine.name)
    if observed is not None and observed.labels.get("instance") == str(lease.subject):
        ground.engine.delete(mine.name)
    records.abandon_machine(subject)
    blueprint = find_blueprint(subject.row.blueprint)
    again = records.load(lease.subject)
    records.assign_machine(again, blueprint.recipe.alias, list(holders), platform=blueprint.serves_neighbours)
    _hand_back(lease)


def _hand_back(lease: Lease) -> None:
    """Give a superseded claim back for the new generation, at once."""
    try:
        records.hand_back(lease)
    except Fenced:
        log.info("fenced", instance=str(lease.subject), epoch=lease.epoch)


def _trouble(lease: Lease, subject: Subject, error: Exception) -> None:
    log.warning("trouble", instance=str(lease.subject), attempts=lease.attempts, error=str(error)[:500])
    final = isinstance(error, MachineLost | Declined)
    sentence = (
        str(error) if isinstance(error, Declined) else next(t for kind, t in _TROUBLES if isinstance(error, kind))
    )
    failed = final or (lease.attempts >= GIVE_UP_AFTER and subject.row.ready_at is None)
    try:
        records.troubled(lease, subject, sentence, min(2.0**lease.attempts * 0.5, 300), failed=failed)
    except Fenced:
        log.info("fenced", instance=str(lease.subject), epoch=lease.epoch)


def _run(ground: Ground, lease: Lease, subject: Subject) -> None:
    if subject.steady and _keeps_running(ground, lease, subject):
        return
    row = subject.row
    blueprint = find_blueprint(row.blueprint)
    if row.state == InstanceState.PENDING:
        records.set_state(row.id, InstanceState.PROVISIONING)
    machine = records.assign_machine(subject, blueprint.recipe.alias, platform=blueprint.serves_neighbours)
    with _step(lease, subject, "prepare", 10, gettext_noop("Address, credentials and certificate are prepared.")):
        credentials = records.ensure_credentials(subject, blueprint)
        ca = authority.unlock(row.site_id)
        issued = certificates.issue(ca, subject.hostname, machine.address)
        certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
    wanted = subject.wanted(machine.address)
    spec = _spec(lease, subject, machine, blueprint.limits(wanted.size))
    observed = None if machine.fresh else ground.engine.machine(machine.name)
    if observed is None and blueprint.holds_data and row.ready_at is not None:
        raise MachineLost(machine.name)
    if observed is None:
        with _step(lease, subject, "create", 45, gettext_noop("The machine is made and has started.")):
            _create(ground.engine, spec)
    elif observed.status == MachineStatus.RUNNING and records.restart_asked(subject):
        with _step(lease, subject, "stop", 30, gettext_noop("The machine is stopped.")):
            _stop_machine(ground.engine, subject, machine.name)
    # A machine grows before its service, and shrinks after it: what runs has the memory it was told of at any time.
    shrinks = observed is not None and observed.limits.memory > spec.limits.memory
    if observed is not None and not shrinks:
        _fit(ground.engine, lease, subject, observed, spec.limits)
    if observed is not None:
        with _step(lease, subject, "start", 45, gettext_noop("The machine has started.")):
            ground.engine.start(machine.name)
    guarding.guard(MachineGuest(ground.engine, machine.name), row)
    if row.ready_at is None and row.restored_from is not None and blueprint.archivist is not None:
        with _step(lease, subject, "restore", 70, gettext_noop("The data is restored.")):
            repository = _flushed(ground.engine, blueprint.archivist, row.restored_from)
            guest = MachineGuest(ground.engine, machine.name)
            blueprint.archivist.restore(guest, wanted, repository, row.restore_until)
    ground.names.publish(subject.hostname, machine.address)
    with _step(lease, subject, "configure", 85, gettext_noop("The service is configured.")):
        blueprint.configure(MachineGuest(ground.engine, machine.name), wanted, credentials, certificate)
    if shrinks and (larger := ground.engine.machine(machine.name)) is not None:
        _fit(ground.engine, lease, subject, larger, spec.limits)
    with _step(lease, subject, "probe", 95, gettext_noop("The service answers over TLS.")):
        _probe_until_healthy(lambda: blueprint.probe(wanted, credentials, ca.certificate))
        records.record_endpoint(subject, machine.address, blueprint.port, certificate, issued.expires_at)
    work = Work(lease, subject, blueprint, ground.engine, MachineGuest(ground.engine, machine.name), wanted)
    actions.perform(work)
    records.converged(lease, subject, InstanceState.READY)


def _flushed(engine: Engine, archivist: Archivist, source: UUID) -> Repository:
    """The repository to restore from; a source that runs first puts there what it has not put there yet.

    Raises:
        ConfigurationFailed: it has none, or it was erased.
    """
    repository = repositories.open_repository(source, engine)
    of = records.load(source)
    if of.machine is not None and of.row.desired == Desired.RUNNING:
        archivist.attach(MachineGuest(engine, of.machine.name), of.wanted(of.machine.address), repository)
    return repository


def _keeps_running(ground: Ground, lease: Lease, subject: Subject) -> bool:
    """Have a service that was configured before run and answer, and do what was asked of it; False if that needs more.

    Most visits are of this kind: a machine that stopped, an operation, a look after a restart of the engine.
    """
    row, machine, blueprint = subject.row, subject.machine, find_blueprint(subject.row.blueprint)
    assert machine is not None, "a steady instance has a machine"
    observed = ground.engine.machine(machine.name)
    wanted = subject.wanted(machine.address)
    if observed is None or observed.limits != blueprint.limits(wanted.size):
        return False
    if observed.status != MachineStatus.RUNNING:
        ground.engine.start(machine.name)
    ground.names.publish(subject.hostname, machine.address)
    credentials = records.ensure_credentials(subject, blueprint)
    trusted = authority.certificate(row.site_id)
    with lease.kept():
        try:
            _probe_until_healthy(lambda: blueprint.probe(wanted, credentials, trusted))
        except Unhealthy:
            return False
    changed = row.trouble or row.observed_generation != row.generation
    due = schedule.next_due(row)
    if subject.asked or (due is not None and due <= clock.now()):
        guest = MachineGuest(ground.engine, machine.name)
        actions.perform(Work(lease, subject, blueprint, ground.engine, guest, wanted))
        changed = True
    if changed:
        records.converged(lease, subject, InstanceState.READY)
    else:
        records.found_steady(lease, subject)
    return True


def _fit(engine: Engine, lease: Lease, subject: Subject, observed: engines.Machine, limits: engines.Limits) -> None:
    """Give a machine the limits of its size. If it can't have them, the size before is desired again.

    Raises:
        Superseded: that was so.
    """
    if observed.limits == limits:
        return
    with _step(lease, subject, "resize", 25, gettext_noop("Processors, memory and disk are what the new size gives.")):
        try:
            engine.resize(observed.name, limits, etag=observed.etag)
        except engines.Refused:
            records.resize_refused(
                subject, gettext_noop("What is on the disk does not fit into the new size; the old one stays.")
            )


def _spec(lease: Lease, subject: Subject, machine: Assigned, limits: engines.Limits) -> MachineSpec:
    return MachineSpec(
        name=machine.name,
        image=machine.image,
        limits=limits,
        address=machine.address,
        labels={"instance": str(subject.row.id), "epoch": str(lease.epoch)},
        neighbours=find_blueprint(subject.row.blueprint).serves_neighbours,
    )


def _create(engine: Engine, spec: MachineSpec) -> None:
    """Make and start the machine, or adopt it if an earlier, killed attempt for the same instance made it."""
    try:
        engine.create(spec, start=True)
    except engines.AlreadyExists:
        observed = engine.machine(spec.name)
        if observed is None or observed.labels.get("instance") != spec.labels["instance"]:
            raise
        if int(observed.labels.get("epoch", "0")) > int(spec.labels["epoch"]):
            raise Fenced from None
        engine.label(spec.name, spec.labels, etag=observed.etag)
        engine.start(spec.name)


def _probe_until_healthy(probe: Callable[[], object]) -> None:
    deadline = time.monotonic() + PROBE_PATIENCE
    pause = 0.02
    while True:
        health = probe()
        if getattr(health, "ok", False):
            return
        if time.monotonic() > deadline:
            raise Unhealthy(str(getattr(health, "detail", "")))
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)


def _stop_machine(engine: Engine, subject: Subject, name: str) -> None:
    _count(engine, subject, name)
    engine.stop(name)


def _count(engine: Engine, subject: Subject, name: str) -> None:
    """Tell what the machine's counters say before they end with it; what the next sample would have found is lost."""
    usage = engine.usage_of(name)
    if usage is not None:
        records.counted(subject, usage)


def _stop(ground: Ground, lease: Lease, subject: Subject) -> None:
    trials.throw_away(ground.engine, subject)
    _take_down(ground, lease, subject)
    records.converged(lease, subject, InstanceState.STOPPED)


def _take_down(ground: Ground, lease: Lease, subject: Subject) -> None:
    if subject.machine is None:
        return
    observed = ground.engine.machine(subject.machine.name)
    if observed is not None:
        size = subject.wanted(subject.machine.address).size
        _fit(ground.engine, lease, subject, observed, find_blueprint(subject.row.blueprint).limits(size))
    with _step(lease, subject, "stop", 60, gettext_noop("The machine is stopped.")):
        if observed is not None:
            _stop_machine(ground.engine, subject, subject.machine.name)


def _soft_delete(ground: Ground, lease: Lease, subject: Subject) -> None:
    """Keep the stopped machine for the days of grace; then let it be erased."""
    if records.erasure_due(subject):
        raise Superseded
    trials.throw_away(ground.engine, subject)
    _take_down(ground, lease, subject)
    ground.names.withdraw(subject.hostname)
    records.converged(lease, subject, InstanceState.SOFT_DELETED)


def _delete(ground: Ground, lease: Lease, subject: Subject) -> None:
    statement: dict[str, object] = {"machine": None}
    if subject.machine is not None:
        with _step(lease, subject, "delete", 80, gettext_noop("The machine and its disk are deleted.")):
            observed = ground.engine.machine(subject.machine.name)
            if observed is not None:
                if observed.labels.get("instance") != str(subject.row.id):
                    raise engines.EngineError(f"{subject.machine.name} belongs to something else")
                _count(ground.engine, subject, subject.machine.name)
                ground.engine.delete(subject.machine.name)
            gone = ground.engine.machine(subject.machine.name) is None
        statement = {"machine": subject.machine.name, "disk_bytes": subject.row.disk, "seen_gone": gone}
    if others := trials.throw_away(ground.engine, subject, *trials.PASSING, MachineRole.FORMER):
        statement["other_machines"] = others
    if (backups := repositories.erase_repository(subject, ground.engine)) is not None:
        statement["backups"] = backups
    ground.names.withdraw(subject.hostname)
    records.erased(lease, subject, statement)


_PATHS: dict[Desired, Callable[[Ground, Lease, Subject], None]] = {
    Desired.RUNNING: _run,
    Desired.STOPPED: _stop,
    Desired.SOFT_DELETED: _soft_delete,
    Desired.DELETED: _delete,
}
