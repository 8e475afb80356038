"""A service's disk becomes what it was at a snapshot. Before anything else is done to the service: who goes back may do
so because it does not answer any more.
"""

from __future__ import annotations

import structlog
from django.utils.translation import gettext_noop

from souk.engines.contract import Engine, EngineError, MachineSpec, NotFound, Refused
from souk.kernel.redaction import clean
from souk.kernel.scope import acting
from souk.provisioning.models import InstanceState, OperationKind, OperationState, Snapshot
from souk.provisioning.reconciler import machines, records
from souk.provisioning.reconciler.actions.work import Asked, Work, begin, settle, waiting
from souk.provisioning.reconciler.records import WORKER

log = structlog.get_logger("souk.reconciler")

_STOPS_WITHIN = 20.0
_TRIES = 3
_GONE = gettext_noop("The snapshot is not there any more. Nothing was changed.")
_FAILED = gettext_noop("This failed several times, and nothing was changed. The operator has been told.")


def go_back(work: Work, spec: MachineSpec) -> bool:
    """Do what waits of this kind; whether anything did. The machine is stopped then, and `spec` but for its disk.

    Killed anywhere and repeated, it ends the same.

    Raises:
        EngineError: it is to be tried again. Fenced, Superseded.
    """
    asked = [each for each in waiting(work.subject) if each.kind == OperationKind.ROLL_BACK]
    for each in asked:
        if begin(each):
            _attempt(work.doing(each), each, spec)
    return bool(asked)


def _attempt(work: Work, asked: Asked, spec: MachineSpec) -> None:
    with acting(WORKER):
        snapshot = Snapshot.objects.filter(id=asked.details["snapshot"], deleted_at__isnull=True).first()
    if snapshot is None:
        settle(work, asked, OperationState.FAILED, trouble=_GONE)
        return
    records.set_state(work.subject.row.id, InstanceState.UPDATING)
    try:
        with work.step("stop", 40, gettext_noop("The machine is stopped.")):
            _stop(work, spec.name)
        with work.step("roll_back", 90, gettext_noop("The disk is what it was.")):
            work.engine.restore_snapshot(snapshot.key, spec)
    except NotFound:
        settle(work, asked, OperationState.FAILED, trouble=_GONE)
    except Refused as error:
        log.warning("snapshot refused", instance=str(work.subject.row.id), error=clean(str(error))[:200])
        settle(work, asked, OperationState.FAILED, trouble=machines.DOES_NOT_FIT)
    except EngineError as error:
        log.warning("could not go back", instance=str(work.subject.row.id), error=clean(str(error))[:200])
        if asked.attempts + 1 < _TRIES:
            raise
        settle(work, asked, OperationState.FAILED, trouble=_FAILED)
    else:
        settle(work, asked, OperationState.SUCCEEDED, name=snapshot.name)


def _stop(work: Work, name: str) -> None:
    """Stop it cleanly, or else as it can be: what it has on its disk is given up anyway."""
    engine: Engine = work.engine
    assert work.subject.machine is not None, "commands ask only services on one machine"
    try:
        machines.count(engine, work.subject, work.subject.machine)
        engine.stop(name, timeout=_STOPS_WITHIN)
    except NotFound:
        raise
    except EngineError:
        engine.stop(name, force=True)
