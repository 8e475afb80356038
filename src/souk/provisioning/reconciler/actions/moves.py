"""A service's machines go to other hosts, one after another: each is stopped, moved with its disk, and started there.

Which ones, is read anew each time from where the engine shows them: a killed attempt's successor goes on where that one
stopped. On which host each is to stand is recorded, and its room with it, before it is moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_noop

from souk.engines.contract import EngineError, MachineStatus
from souk.kernel import clock
from souk.kernel.scope import acting
from souk.provisioning.contract import Blueprint, ConfigurationFailed, Declined
from souk.provisioning.models import MachineRole, Operation, OperationKind, OperationState
from souk.provisioning.reconciler import machines, records
from souk.provisioning.reconciler.actions.work import Asked, Work, begin, postpone, reached, settle, waiting
from souk.provisioning.reconciler.ground import Ground, probe_until_healthy
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.lease import Lease, Superseded
from souk.provisioning.reconciler.records import WORKER, Assigned, NoRoom, Subject
from souk.provisioning.registry import blueprint as find_blueprint
from souk.sites import authority

TURN = timedelta(seconds=2)
"""How long a service waits while another one leaves the same host: disks go over one network."""

_MOVED = gettext_noop("A machine stands on another host.")
_OFFLINE = gettext_noop("The machine's host does not answer, so nothing can be moved off it.")
_FULL = gettext_noop("No other host that takes new machines has room for this one.")
_NOT_THERE = gettext_noop("That host takes no new machines, or has no room for this one.")


@dataclass(frozen=True)
class Leaving:
    """A machine with the host that it is on now."""

    machine: Assigned
    host: str


def move(work: Work, asked: Asked) -> None:
    """Move the machines that are meant, those that follow before the one that leads, the one in front last.

    Raises:
        Declined: there is nowhere to go. ConfigurationFailed: it serves where it did. Superseded: another one leads.
    """
    if _others_first(asked):
        postpone(asked, clock.now() + TURN)
        return
    leaving = list(_leaving(work, asked))
    if work.several is not None:
        order = [one.name for one in work.several.following_first()]
        leaving.sort(key=lambda one: order.index(one.machine.name) if one.machine.name in order else len(order))
    moved: dict[str, str] = dict(asked.result.get("moved", {}))
    for count, one in enumerate(leaving, start=1):
        target = moved[one.machine.name] = _take(work, asked, one, moved)
        with work.step("move", 90 * count // len(leaving), _MOVED), _noted(work, one.machine):
            if one.machine.role == MachineRole.FORMER:
                work.engine.move(one.machine.name, target)
            elif work.several is not None:
                work.several.move(one.machine, target)
            else:
                _move_alone(work, one.machine, target)
    settle(work, asked, OperationState.SUCCEEDED, **{**asked.result, "moved": moved})
    if leaving and work.several is not None:
        raise Superseded


def move_while_down(ground: Ground, lease: Lease, subject: Subject) -> None:
    """Move the machines of a service that is not to run, as it was asked to.

    Raises:
        Fenced, Superseded, EngineError.
    """
    asked_for = [asked for asked in waiting(subject) if asked.kind == OperationKind.MOVE]
    first = subject.faces or next(iter(subject.members), None)
    if not asked_for or first is None:
        return
    blueprint: Blueprint = find_blueprint(subject.row.blueprint)
    guest, wanted = MachineGuest(ground.engine, first.name), subject.wanted(first.address)
    for asked in asked_for:
        if begin(asked):
            work = Work(lease, subject, blueprint, ground.engine, guest, wanted).doing(asked)
            try:
                _move_down(work, asked)
            except Declined as refusal:
                settle(work, asked, OperationState.FAILED, trouble=str(refusal))


def _move_down(work: Work, asked: Asked) -> None:
    moved: dict[str, str] = dict(asked.result.get("moved", {}))
    for one in _leaving(work, asked):
        target = moved[one.machine.name] = _take(work, asked, one, moved)
        with work.step("move", 80, _MOVED), _noted(work, one.machine):
            work.engine.move(one.machine.name, target)
    settle(work, asked, OperationState.SUCCEEDED, **{**asked.result, "moved": moved})


def _leaving(work: Work, asked: Asked) -> Iterator[Leaving]:
    """The machines that are meant and not there yet, as the engine shows them: one by its name, or all on a host."""
    name, to, off = (asked.details.get(key, "") for key in ("machine", "to", "off"))
    moved = asked.result.get("moved", {})
    for one in _own(work.subject.row.id):
        observed = work.engine.machine(one.name)
        if observed is None or (name and one.name != name) or (off and observed.host != off):
            continue
        if name and observed.host == (to or moved.get(name)):
            continue
        if observed.status == MachineStatus.ERROR:
            raise Declined(_OFFLINE)
        yield Leaving(one, observed.host)


def _own(instance: UUID) -> Sequence[Assigned]:
    """What carries the service, and what is kept of it; what is beside it for a while is gone before it is moved."""
    return [one for one in records.machines_of(instance) if one.role not in records.PASSING]


def _take(work: Work, asked: Asked, one: Leaving, moved: dict[str, str]) -> str:
    """The host for a machine, its room taken there, recorded with the operation."""
    chosen, to = moved.get(one.machine.name, ""), asked.details.get("to", "")
    with acting(WORKER):
        if to:
            if not records.stand_on(work.subject, one.machine, to):
                raise Declined(_NOT_THERE)
            chosen = to
        elif not chosen or not records.stand_on(work.subject, one.machine, chosen):
            try:
                chosen = records.stand_elsewhere(work.subject, one.machine, one.host)
            except NoRoom:
                raise Declined(_FULL) from None
        reached(work, asked, **{**asked.result, "moved": {**moved, one.machine.name: chosen}})
    return chosen


@contextmanager
def _noted(work: Work, machine: Assigned) -> Iterator[None]:
    """If what is within fails, the machine is recorded where it is, and gives back the room that it did not need."""
    try:
        yield
    except (EngineError, ConfigurationFailed):
        with suppress(EngineError):
            if (observed := work.engine.machine(machine.name)) is not None:
                records.note_host(machine.name, observed.host)
        raise


def _move_alone(work: Work, machine: Assigned, target: str) -> None:
    machines.relocate(work.engine, work.subject, machine, target)
    credentials = records.ensure_credentials(work.subject, work.blueprint)
    trusted = authority.certificate(work.subject.row.site_id)
    probe_until_healthy(lambda: work.blueprint.probe(work.wanted, credentials, trusted))
    records.answered(work.subject)


def _others_first(asked: Asked) -> bool:
    """Whether another service is leaving the same host. One that has begun goes on."""
    off = asked.details.get("off")
    if not off or asked.result:
        return False
    with acting(WORKER):
        running = Operation.objects.filter(kind=OperationKind.MOVE, state=OperationState.RUNNING, details__off=off)
        others = list(running.exclude(id=asked.id).values_list("id", "result"))
    return any(identifier < asked.id or result for identifier, result in others)
