"""A service restored in place: another machine of the same service is filled, and takes over once it answers.

Until then nothing changes for anybody. A killed attempt is thrown away and begun again; the moment of change is one
transaction. The machine before is kept, stopped, as a way back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from souk.kernel import clock, secrets
from souk.kernel.scope import acting
from souk.provisioning.commands.operations import wish
from souk.provisioning.contract import (
    VERSION,
    Archivist,
    BackupKind,
    BindingRole,
    ConfigurationFailed,
    Credentials,
    Guest,
    ServerCertificate,
    Wanted,
)
from souk.provisioning.models import (
    MOVES,
    Binding,
    Machine,
    MachineRole,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)
from souk.provisioning.reconciler import filling, guarding, machines, records, trials
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.lease import Superseded
from souk.provisioning.reconciler.records import WORKER, Subject
from souk.provisioning.reconciler.repositories import open_repository
from souk.sites import authority, certificates

WAY_BACK = timedelta(hours=24)
"""How long the machine before is kept."""


def restore(work: Work, asked: Asked) -> None:
    """Restore another machine to an instant, and let it take over.

    Raises:
        Superseded: it did; what is still to be done is done there. Declined: the present machine is too old for a way
        back. ConfigurationFailed.
    """
    subject, archivist = records.load(work.subject.row.id), _archivist(work)
    row, until = subject.row, datetime.fromisoformat(asked.details["until"])
    repository = open_repository(row.id, work.engine, until)
    # There must be a way back: a machine that can't be told who may sign in is not left.
    archivist.shut_out_all_but(work.guest, work.wanted, _who_may(subject))
    try:
        if archivist.history is not None:
            with work.step("attach", 10, gettext_noop("All that was written is in the repository.")):
                archivist.attach(work.guest, work.wanted, repository)
        with work.step("create", 25, gettext_noop("Another machine is made.")):
            machine = trials.begin(work.engine, subject, work.blueprint, work.lease.epoch, MachineRole.NEXT)
        guest, wanted = MachineGuest(work.engine, machine.name), subject.wanted(machine.address)
        guarding.guard(guest, row)
        with work.step("restore", 70, gettext_noop("The data is restored.")):
            filling.fill(work.engine, machine, archivist, wanted, repository, until)
        fit = _made_fit(work, subject, guest, wanted)
    except ConfigurationFailed:
        trials.throw_away(work.engine, subject)
        raise
    trials.throw_away(work.engine, subject, MachineRole.FORMER)
    left = _last_of(work)
    _take_over(work, asked, subject, MachineRole.NEXT, left, lambda: _point_to(work, subject, wanted, fit))


def undo(work: Work, asked: Asked) -> None:
    """Let the machine before take over again, with the credentials of today.

    Raises:
        Superseded: it did; what is still to be done is done there.
    """
    subject = records.load(work.subject.row.id)
    former = records.beside(subject, MachineRole.FORMER)
    if former is None or _due(subject):
        settle(work, asked, OperationState.CANCELLED)
        return
    guest, wanted = MachineGuest(work.engine, former.name), _as_before(subject, former.address)
    with work.step("start", 40, gettext_noop("The machine before has started.")):
        work.engine.start(former.name)
    try:
        if wanted.parameters.get(VERSION) != subject.row.parameters.get(VERSION) and work.blueprint.succession:
            # It was left by a successor of another version, which followed it until then.
            work.blueprint.succession.stay(guest, wanted)
        guarding.let_in(guest, subject.row.site_id, subject.row.allowed)
        fit = _made_fit(work, subject, guest, wanted)
        # What was written since then has the next number.
        if (history := _archivist(work).history) is not None:
            history.begin_timeline(guest, wanted)
        left = _last_of(work)
    except (ConfigurationFailed, Superseded):
        work.engine.stop(former.name)
        raise
    _take_over(work, asked, subject, MachineRole.FORMER, left, lambda: _return_to(work, subject, wanted, fit))


def end_way_back(work: Work) -> None:
    """Delete the machine before once its time is over."""
    if _due(work.subject):
        with work.step("delete", 95, gettext_noop("The machine before is deleted.")):
            trials.throw_away(work.engine, work.subject, MachineRole.FORMER)


def _due(subject: Subject) -> bool:
    with acting(WORKER):
        former = Machine.objects.filter(instance=subject.row, role=MachineRole.FORMER, deleted_at__isnull=True)
        return former.filter(kept_until__lte=clock.now()).exists()


@dataclass(frozen=True)
class _Fit:
    """What a machine that is to take over serves with, until when, and what it is recognized by."""

    certificate: ServerCertificate
    ends: datetime
    identity: Sequence[str] | None


def _made_fit(work: Work, subject: Subject, guest: Guest, wanted: Wanted) -> _Fit:
    """Configure a machine with the service's present credentials, keep its history from now on, and use it once."""
    row, archivist = subject.row, _archivist(work)
    credentials = records.ensure_credentials(subject, work.blueprint)
    ca = authority.unlock(row.site_id)
    issued = certificates.issue(ca, wanted.hostname, wanted.address, subject.also)
    certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
    with work.step("configure", 80, gettext_noop("The service is configured.")):
        work.blueprint.configure(guest, wanted, credentials, certificate)
        _let_in(work, guest, wanted, credentials)
        archivist.attach(guest, wanted, open_repository(row.id, work.engine))
    with work.step("probe", 90, gettext_noop("The service answers.")):
        health = work.blueprint.probe(wanted, credentials, ca.certificate)
        if not health.ok:
            raise ConfigurationFailed(health.detail)
    seen = work.blueprint.identity.read(guest, wanted) if work.blueprint.identity else None
    return _Fit(certificate, issued.expires_at, seen)


def _who_may(subject: Subject) -> list[str]:
    """Every user of the service that works now, those of an overlap included."""
    with acting(WORKER):
        rows = Binding.objects.filter(instance=subject.row, revoked_at__isnull=True)
        return [name for pair in rows.values_list("username", "former_username") for name in pair if name]


def _let_in(work: Work, guest: Guest, wanted: Wanted, first: Credentials) -> None:
    """Let those sign in who may today, and nobody else: the data brought back users and passwords of its time."""
    row, binder = work.subject.row, work.blueprint.binder
    with acting(WORKER):
        bindings = list(Binding.objects.filter(instance=row, revoked_at__isnull=True, granted_at__isnull=False))
    _archivist(work).shut_out_all_but(guest, wanted, [first.username, *(each.username for each in bindings)])
    if binder is None:
        return
    owner = work.blueprint.credentials(wanted.parameters, "").username
    for each in bindings:
        if each.username != owner:
            sealed, context = bytes(each.sealed_password), f"binding:{row.id}:{each.name}"
            password = secrets.ring("master").open(sealed, context).decode()
            binder.grant(guest, wanted, Credentials(each.username, password, each.database), BindingRole(each.role))


def _last_of(work: Work) -> str:
    """Have the present history in the repository up to now, so that it can be gone back to; the timeline it is on, if
    there is a history.
    """
    archivist = _archivist(work)
    if archivist.history is None:
        return ""
    archivist.attach(work.guest, work.wanted, open_repository(work.subject.row.id, work.engine))
    return archivist.history.timeline(work.guest, work.wanted)


def _take_over(
    work: Work, asked: Asked, subject: Subject, role: MachineRole, left: str, point: Callable[[], None]
) -> None:
    """Exchange the machines, and leave the timeline of the one before. A service on several machines goes on with all
    of them from what the other machine has: of those before, the one that led is kept.
    """
    with work.step("stop", 95, gettext_noop("The machine before is stopped, and kept.")):
        present = work.several.leave() if work.several else subject.machine
        assert present is not None, "a running service has a machine"
        machines.stop(work.engine, subject, present)
    until, version = clock.now() + WAY_BACK, subject.row.parameters.get(VERSION)
    with acting(WORKER):
        row = ServiceInstance.objects.select_for_update().get(id=subject.row.id)
        records.exchange_machines(subject, role, until, present)
        Binding.objects.filter(instance=row).update(former_username="", former_until=None)
        point()
        # History goes on from another point: what is written from now on is restored from a backup of its own.
        wish(WORKER, row, OperationKind.BACKUP, {"kind": BackupKind.DIFFERENTIAL, "scheduled": True})
        before = {"version_before": version} if version else {}
        settle(work, asked, OperationState.SUCCEEDED, way_back_until=until.isoformat(), timeline=left, **before)
    raise Superseded


def _point_to(work: Work, subject: Subject, wanted: Wanted, fit: _Fit) -> None:
    """Where several machines serve, clients connect to the one in front as before."""
    if work.several is None:
        port = work.blueprint.port
        records.record_endpoint(subject, wanted.address, port, fit.certificate, fit.ends, fit.identity)


def _as_before(subject: Subject, address: str) -> Wanted:
    """What is wanted of the machine before: another major version, if it was left for an upgrade."""
    wanted = subject.wanted(address)
    with acting(WORKER):
        moves = Operation.objects.filter(instance=subject.row, kind__in=MOVES, state=OperationState.SUCCEEDED)
        last = moves.order_by("-finished_at").values_list("result", flat=True).first()
    before = (last or {}).get("version_before")
    return replace(wanted, parameters={**wanted.parameters, VERSION: before}) if before else wanted


def _return_to(work: Work, subject: Subject, wanted: Wanted, fit: _Fit) -> None:
    ServiceInstance.objects.filter(id=work.subject.row.id).update(parameters=wanted.parameters)
    _point_to(work, subject, wanted, fit)


def _archivist(work: Work) -> Archivist:
    archivist = work.blueprint.archivist
    assert archivist is not None, "commands ask only services that are backed up"
    return archivist
