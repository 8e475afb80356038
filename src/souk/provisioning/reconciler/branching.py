"""A fork of what runs now: the new service's machine begins as a copy of the other one's disk, shared until written.

Anything else begins with what the other one's repository holds: an instant of the past, a smaller disk, several
machines, a service that does not run. What a snapshot holds is copied whether the other service runs or not.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import structlog
from django.utils.translation import gettext_noop

from souk.engines.contract import AlreadyExists, Engine, EngineError, Machine, MachineSpec, MachineStatus, PoolFull
from souk.kernel.redaction import clean
from souk.kernel.scope import acting
from souk.provisioning.contract import Brancher, ConfigurationFailed, Declined
from souk.provisioning.models import Desired, InstanceState, Snapshot
from souk.provisioning.reconciler import machines, records
from souk.provisioning.reconciler.ground import step
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.records import WORKER, Assigned, Subject
from souk.provisioning.registry import blueprint as find_blueprint

log = structlog.get_logger("souk.reconciler")
COPY_OF = "copy-of"
"""The label of a machine that began as a copy: of which instance."""

_GONE = gettext_noop("The snapshot that it was to begin with is gone. Delete this service; nothing is charged.")
_ATTEMPTS = 3
"""After these, what does not come back from a copy comes from the repository."""


def branch(engine: Engine, lease: Lease, subject: Subject, spec: MachineSpec, observed: Machine | None) -> bool:
    """Begin a service that was never ready as a copy, if it is to; whether its machine is one, and runs as its own.

    Killed anywhere and repeated, it ends the same. A copy that does not come back is deleted: the next attempt begins
    anew.

    Raises:
        Fenced, Superseded, EngineError, ConfigurationFailed.
    """
    blueprint = find_blueprint(subject.row.blueprint)
    brancher = blueprint.brancher
    if brancher is None or subject.row.restored_from is None or subject.row.ready_at is not None:
        return False
    if observed is not None and COPY_OF not in observed.labels:
        return False
    if observed is None:
        copied = replace(spec, labels={**spec.labels, COPY_OF: str(subject.row.restored_from)})
        if (snapshot := subject.row.restored_snapshot) is not None:
            with step(lease, subject, "copy", 30, gettext_noop("The disk is copied as the snapshot holds it.")):
                _copy(engine, *_snapshot(engine, subject, spec.name, snapshot), copied)
        else:
            of = _source(engine, lease, subject, brancher, spec.name)
            if of is None:
                return False
            sentence = gettext_noop("The disk of the other service is copied as it is now.")
            with step(lease, subject, "copy", 30, sentence):
                _copy(engine, of, "", copied)
    with step(lease, subject, "create", 45, gettext_noop("The machine is made and has started.")):
        _start(engine, lease, brancher, spec.name)
    with step(lease, subject, "branch", 70, gettext_noop("The copy is a service of its own.")):
        try:
            brancher.branch(MachineGuest(engine, spec.name), subject.wanted(spec.address))
        except ConfigurationFailed:
            engine.delete(spec.name)
            raise
    return True


def _source(engine: Engine, lease: Lease, subject: Subject, brancher: Brancher, name: str) -> Assigned | None:
    """The machine to copy, prepared for it, if there is one: on a host that has room for the copy, which stands there
    too.
    """
    row = subject.row
    if row.restored_from is None or row.restore_until is not None or lease.attempts > _ATTEMPTS:
        return None
    of = records.load(row.restored_from)
    runs = of.row.desired == Desired.RUNNING and of.row.state == InstanceState.READY
    if not runs or of.machine is None or of.row.site_id != row.site_id or of.row.disk > row.disk:
        return None
    try:
        observed = engine.machine(of.machine.name)
        if observed is None or observed.status != MachineStatus.RUNNING:
            return None
        if not _stands_with(subject, name, observed.host):
            return None
        ready = brancher.prepare(MachineGuest(engine, of.machine.name), of.wanted(of.machine.address))
    except (ConfigurationFailed, EngineError) as error:
        log.warning("could not prepare a copy", instance=str(row.id), error=clean(str(error))[:200])
        return None
    return of.machine if ready else None


def _snapshot(engine: Engine, subject: Subject, name: str, snapshot: UUID) -> tuple[Assigned, str]:
    """The machine to copy, on whose host the copy stands too, and the engine's name for its snapshot.

    Raises:
        Declined: it is gone. PoolFull: its host has no room for the copy.
    """
    with acting(WORKER):
        kept = Snapshot.objects.filter(id=snapshot, deleted_at__isnull=True).first()
    of = records.load(kept.instance_id) if kept is not None else None
    if kept is None or of is None or of.machine is None:
        raise Declined(_GONE)
    observed = engine.machine(of.machine.name)
    if observed is not None and not _stands_with(subject, name, observed.host):
        raise PoolFull(f"no room beside {of.machine.name} on {observed.host}")
    return of.machine, kept.key


def _stands_with(subject: Subject, name: str, host: str) -> bool:
    copy = next(one for one in records.machines_of(subject.row.id) if one.name == name)
    return copy.host in ("", host) or records.stand_on(subject, copy, host)


def _copy(engine: Engine, of: Assigned, snapshot: str, spec: MachineSpec) -> None:
    try:
        engine.copy(of.name, spec, snapshot=snapshot)
    except AlreadyExists:
        machines.adopt(engine, spec)


def _start(engine: Engine, lease: Lease, brancher: Brancher, name: str) -> None:
    """Mark the copy before its first boot, in which it would go on as the other service."""
    observed = engine.machine(name)
    if observed is not None and observed.status != MachineStatus.RUNNING:
        # Whoever lost its claim in between marks nothing: the machine may be somebody's by now.
        lease.renew()
        engine.push(name, brancher.mark, b"", mode=0o644)
        engine.start(name)
