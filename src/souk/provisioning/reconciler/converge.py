"""One instance, from what its engine shows to what is recorded. Each step observes, compares, acts; all may repeat."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.utils.translation import gettext_noop

from souk.engines import contract as engines
from souk.kernel.redaction import clean
from souk.provisioning.models import Desired, InstanceState, MachineRole, WorkKind
from souk.provisioning.reconciler import (
    becoming,
    elsewhere,
    exposing,
    machines,
    networks,
    plugging,
    records,
    repositories,
    stacks,
    together,
    trials,
    warm,
)
from souk.provisioning.reconciler.actions.moves import move_while_down
from souk.provisioning.reconciler.ground import Ground, step
from souk.provisioning.reconciler.lease import Fenced, Lease, Superseded
from souk.provisioning.reconciler.private import network_of
from souk.provisioning.reconciler.records import Subject
from souk.provisioning.reconciler.troubles import KNOWN, told
from souk.provisioning.registry import blueprint as find_blueprint

log = structlog.get_logger("souk.reconciler")

__all__ = ["Ground", "converge"]


def converge(ground: Ground, lease: Lease) -> None:
    """Work one claim to its end: reached, superseded, to be retried, or taken over by another worker."""
    if lease.kind == WorkKind.POOL:
        warm.keep(ground, lease)
        return
    if lease.kind == WorkKind.NETWORK:
        networks.keep(ground, lease)
        return
    subject = records.load(lease.subject)
    try:
        _take_path(ground, lease, subject)
    except Fenced:
        log.info("fenced", instance=str(lease.subject), epoch=lease.epoch)
    except Superseded:
        _hand_back(lease)
    except engines.AddressTaken as error:
        log.warning("address taken", instance=str(lease.subject), error=clean(str(error))[:200])
        _move_address(ground, lease, error)
    except KNOWN as error:
        told(lease, subject, error)
    stacks.wake(subject.row)


def _take_path(ground: Ground, lease: Lease, subject: Subject) -> None:
    kind = find_blueprint(subject.row.blueprint)
    if kind.composer is not None:
        stacks.converge(lease, subject)
    elif kind.producer is not None:
        elsewhere.converge(lease, subject, kind.producer)
    else:
        _PATHS[Desired(subject.row.desired)](ground, lease, subject)


def _move_address(ground: Ground, lease: Lease, error: Exception) -> None:
    """If something that isn't recorded here has a machine's address, take another one, clear of all that is seen.

    A machine of the instance itself may be the one that has it: a killed worker's request to make it goes on inside the
    engine. Then, and while it can't be seen who has it, this only waits; so it does for a service that ever held a
    customer's data. A machine that was made but could not start for its address is deleted before it is given up.
    """
    subject = records.load(lease.subject)
    own = {machine.name for machine in subject.machines}
    held = {machine.address for machine in ground.engine.machines() if machine.address and machine.name not in own}
    moving = [machine for machine in subject.machines if machine.address in held]
    if not moving or subject.row.ready_at is not None:
        told(lease, subject, error)
        return
    blueprint = find_blueprint(subject.row.blueprint)
    for machine in moving:
        observed = ground.engine.machine(machine.name)
        if observed is not None and observed.labels.get("instance") == str(lease.subject):
            ground.engine.delete(machine.name)
        records.abandon_machine(machine)
        records.assign_machine(
            records.load(lease.subject),
            blueprint.recipe.alias,
            held,
            machine.role,
            number=machine.number,
            platform=subject.serves_neighbours,
        )
    _hand_back(lease)


def _hand_back(lease: Lease) -> None:
    """Give a superseded claim back for the new generation, at once."""
    try:
        records.hand_back(lease)
    except Fenced:
        log.info("fenced", instance=str(lease.subject), epoch=lease.epoch)


def _stop(ground: Ground, lease: Lease, subject: Subject) -> None:
    trials.throw_away(ground.engine, subject)
    _take_down(ground, lease, subject)
    records.converged(lease, subject, InstanceState.STOPPED)


def _suspend(ground: Ground, lease: Lease, subject: Subject) -> None:
    trials.throw_away(ground.engine, subject)
    _take_down(ground, lease, subject)
    records.converged(lease, subject, InstanceState.SUSPENDED)


def _take_down(ground: Ground, lease: Lease, subject: Subject) -> None:
    limits = find_blueprint(subject.row.blueprint).limits(subject.row.size)
    for machine in subject.carriers:
        observed = ground.engine.machine(machine.name)
        if observed is not None and machine.role != MachineRole.FRONT:
            machines.fit(ground.engine, lease, subject, observed, limits)
        with step(lease, subject, "stop", 60, gettext_noop("The machine is stopped.")):
            if observed is not None:
                machines.stop(ground.engine, subject, machine)
    plugging.unplug(ground, subject)
    exposing.withdraw(ground, subject)
    move_while_down(ground, lease, subject)


def _soft_delete(ground: Ground, lease: Lease, subject: Subject) -> None:
    """Keep the stopped machines for the days of grace; then let them be erased."""
    if records.erasure_due(subject):
        raise Superseded
    trials.throw_away(ground.engine, subject)
    _take_down(ground, lease, subject)
    for name in (subject.hostname, subject.private_hostname, subject.public_hostname):
        ground.names.withdraw(name)
    records.converged(lease, subject, InstanceState.SOFT_DELETED)


def _delete(ground: Ground, lease: Lease, subject: Subject) -> None:
    statement: dict[str, object] = {"machine": None}
    for machine in subject.carriers:
        with step(lease, subject, "delete", 80, gettext_noop("The machine and its disk are deleted.")):
            gone = machines.delete(ground.engine, subject, machine)
        if machine.role == MachineRole.PRIMARY:
            statement = {"machine": machine.name, "disk_bytes": subject.row.disk, "seen_gone": gone}
    others = trials.throw_away(ground.engine, subject, *records.PASSING, MachineRole.FORMER)
    if subject.row.members > 1 or together.is_shared(subject):
        statement = together.erase(ground.engine, subject)
    else:
        ground.engine.delete_network(network_of(subject))
    if others:
        statement["other_machines"] = others
    if (backups := repositories.erase_repository(subject, ground.engine)) is not None:
        statement["backups"] = backups
    for name in (subject.hostname, subject.private_hostname, subject.public_hostname):
        ground.names.withdraw(name)
    records.erased(lease, subject, statement)


_PATHS: dict[Desired, Callable[[Ground, Lease, Subject], None]] = {
    Desired.RUNNING: becoming.run,
    Desired.STOPPED: _stop,
    Desired.SUSPENDED: _suspend,
    Desired.SOFT_DELETED: _soft_delete,
    Desired.DELETED: _delete,
}
