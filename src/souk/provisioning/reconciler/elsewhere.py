"""A service that others produce: asked for until it is as wanted. Nothing here waits; what takes longer is visited
again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext_noop

from souk.kernel import clock, secrets
from souk.kernel.redaction import clean
from souk.kernel.scope import acting
from souk.provisioning.contract import Commission, Consumer, Declined, Later, Producer
from souk.provisioning.models import (
    FORGOTTEN,
    OPEN,
    Binding,
    Desired,
    InstanceState,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.actions.work import Asked, begin, settle, waiting
from souk.provisioning.reconciler.lease import Lease, Superseded
from souk.provisioning.reconciler.records import WORKER, Subject

_TRIED = gettext_noop("The vendor did not do this. Nothing was changed.")


@dataclass(frozen=True)
class Errand:
    """A claimed service and who produces it."""

    lease: Lease
    subject: Subject
    producer: Producer

    def commission(self, parameters: Mapping[str, Any], requested_by: str = "") -> Commission:
        """What its producer is asked for."""
        row = self.subject.row
        assert row.plan_id is not None, "what is produced elsewhere has a plan"
        return Commission(
            instance=row.id,
            organization=row.organization_id,
            project=row.project_id,
            region=row.region_code,
            name=row.name,
            plan=row.plan_id,
            parameters=parameters,
            requested_by=requested_by or _asker(row),
        )


def converge(lease: Lease, subject: Subject, producer: Producer) -> None:
    """Take the next step towards what is desired.

    Raises:
        Fenced, Superseded, ConfigurationFailed.
    """
    errand = Errand(lease, subject, producer)
    lease.renew()
    with lease.kept():
        _PATHS[Desired(subject.row.desired)](errand)


def _run(errand: Errand) -> None:
    row = errand.subject.row
    if row.state == InstanceState.PENDING:
        records.set_state(row.id, InstanceState.PROVISIONING)
    changes = [each for each in waiting(errand.subject) if each.kind == OperationKind.CONFIGURE]
    changes = [each for each in changes if begin(each)]
    wanted = dict(row.parameters)
    for each in changes:
        wanted.update(each.details["parameters"])
    try:
        later = errand.producer.provide(errand.lease, errand.commission(wanted))
    except Declined as refusal:
        if row.ready_at is None:
            raise
        _refused(errand, changes, clean(str(refusal)))
        raise Superseded from refusal
    if later is not None:
        _wait(errand, later, "ask", gettext_noop("The vendor has been asked, and is at it."))
        return
    records.note_step(errand.subject, "provide", 90, gettext_noop("The vendor's service is ready."))
    if changes:
        with acting(WORKER):
            ServiceInstance.objects.select_for_update().filter(id=row.id).update(parameters=wanted)
            for each in changes:
                settle(errand, each, OperationState.SUCCEEDED)
    soonest = _perform(errand)
    if soonest is not None and row.ready_at is not None and row.observed_generation == row.generation:
        _wait(errand, soonest)
        return
    records.converged(errand.lease, errand.subject, InstanceState.READY)
    if soonest is not None:
        records.look_again(errand.subject, soonest.seconds)


def _refused(errand: Errand, changes: list[Asked], sentence: str) -> None:
    """What was to change stays as it was; the operations say why."""
    for each in changes:
        settle(errand, each, OperationState.FAILED, trouble=sentence or _TRIED)
    records.plan_refused(errand.subject, sentence or _TRIED)


def _perform(errand: Errand) -> Later | None:
    """Do what else was asked for, oldest first; what of it is under way, the soonest of all."""
    soonest: Later | None = None
    for asked in waiting(errand.subject):
        act = _ACTIONS.get(asked.kind)
        if act is None or not begin(asked):
            continue
        try:
            later = act(errand, asked)
        except Declined as refusal:
            _given_up(errand, asked, clean(str(refusal)))
            continue
        if later is not None and (soonest is None or later.seconds < soonest.seconds):
            soonest = later
    return soonest


def _grant(errand: Errand, asked: Asked) -> Later | None:
    binding = _binding(errand, asked)
    if binding is None:
        settle(errand, asked, OperationState.CANCELLED)
        return None
    commission = errand.commission(errand.subject.row.parameters, _who_asked(asked))
    consumer = Consumer(binding.id, binding.name, asked.details.get("parameters", {}))
    made = errand.producer.grant(errand.lease, commission, consumer)
    if isinstance(made, Later):
        return made
    sealed = secrets.ring("master").seal(msgspec.json.encode(made), f"binding:{binding.instance_id}:{binding.name}")
    username = made.get("username")
    with acting(WORKER):
        Binding.objects.filter(id=binding.id).update(
            username=username if isinstance(username, str) and 0 < len(username) <= 63 else binding.name,
            sealed_password=sealed,
            granted_at=clock.now(),
        )
        settle(errand, asked, OperationState.SUCCEEDED)
    return None


def _revoke(errand: Errand, asked: Asked) -> Later | None:
    binding = _binding(errand, asked)
    if binding is None:
        settle(errand, asked, OperationState.CANCELLED)
        return None
    commission = errand.commission(errand.subject.row.parameters, _who_asked(asked))
    later = errand.producer.revoke(errand.lease, commission, Consumer(binding.id, binding.name))
    if later is None:
        with acting(WORKER):
            Binding.objects.filter(id=binding.id).update(revoked_at=clock.now(), sealed_password=b"")
            settle(errand, asked, OperationState.SUCCEEDED)
    return later


def _given_up(errand: Errand, asked: Asked, sentence: str) -> None:
    with acting(WORKER):
        if asked.kind == OperationKind.GRANT:
            unmade = Binding.objects.filter(instance=errand.subject.row, name=asked.details["binding"])
            unmade.filter(granted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=clock.now())
        settle(errand, asked, OperationState.FAILED, trouble=sentence or _TRIED)


def _keep(errand: Errand) -> None:
    """Nothing is asked of its vendor while it is suspended."""
    records.converged(errand.lease, errand.subject, InstanceState.SUSPENDED)


def _delete(errand: Errand) -> None:
    if _is_forgotten(errand.subject.row):
        errand.producer.forget(errand.lease, errand.commission(errand.subject.row.parameters))
        records.erased(
            errand.lease, errand.subject, {"machine": None, "produced_elsewhere": True, "vendor_asked": False}
        )
        return
    later = errand.producer.withdraw(errand.lease, errand.commission(errand.subject.row.parameters))
    if later is not None:
        _wait(errand, later, "ask", gettext_noop("The vendor has been asked, and is at it."))
        return
    records.erased(errand.lease, errand.subject, {"machine": None, "produced_elsewhere": True})


def _is_forgotten(row: ServiceInstance) -> bool:
    with acting(WORKER):
        asked = Operation.objects.filter(instance=row, kind=OperationKind.DELETE, details__has_key=FORGOTTEN)
        return asked.exists()


def _wait(errand: Errand, later: Later, name: str = "", sentence: str = "") -> None:
    if name:
        records.note_step(errand.subject, name, 30, sentence)
    records.waits(errand.lease, errand.subject, later.seconds, later.sentence)


def _binding(errand: Errand, asked: Asked) -> Binding | None:
    with acting(WORKER):
        found = Binding.objects.filter(instance=errand.subject.row, name=asked.details["binding"])
        return found.filter(revoked_at__isnull=True).first()


def _asker(row: ServiceInstance) -> str:
    with acting(WORKER):
        asked = Operation.objects.filter(instance=row, state__in=OPEN).order_by("id").last()
    return "" if asked is None else asked.requested_by


def _who_asked(asked: Asked) -> str:
    with acting(WORKER):
        return Operation.objects.values_list("requested_by", flat=True).get(id=asked.id)


_ACTIONS: Mapping[str, Callable[[Errand, Asked], Later | None]] = {
    OperationKind.GRANT: _grant,
    OperationKind.REVOKE: _revoke,
}
_PATHS: Mapping[Desired, Callable[[Errand], None]] = {
    Desired.RUNNING: _run,
    Desired.STOPPED: _keep,
    Desired.SUSPENDED: _keep,
    Desired.SOFT_DELETED: _delete,
    Desired.DELETED: _delete,
}
