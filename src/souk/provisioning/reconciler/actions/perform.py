"""The queue of a service's operations, and what happens when one fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog
from django.utils.translation import gettext_noop

from souk.kernel.redaction import clean
from souk.provisioning.contract import ConfigurationFailed, Declined
from souk.provisioning.models import OperationKind, OperationState
from souk.provisioning.reconciler.actions import (
    access,
    backups,
    beginnings,
    bindings,
    databases,
    exports,
    firewall,
    leading,
    looking,
    moves,
    names,
    parameters,
    proofs,
    publishing,
    rehearsals,
    restores,
    snapshots,
    updates,
    upgrades,
    zones,
)
from souk.provisioning.reconciler.actions.work import Asked, Work, begin, settle, waiting

log = structlog.get_logger("souk.reconciler")
TRIES = 3

Action = Callable[[Work, Asked], None]
ACTIONS: Mapping[str, Action] = {
    OperationKind.GRANT: bindings.grant,
    OperationKind.ROTATE: bindings.rotate,
    OperationKind.REVOKE: bindings.revoke,
    OperationKind.RESET: bindings.reset,
    OperationKind.ENTITLE: bindings.entitle,
    OperationKind.CREATE_DATABASE: databases.create,
    OperationKind.DROP_DATABASE: databases.drop,
    OperationKind.ALLOW: access.allow,
    OperationKind.FIREWALL: firewall.change,
    OperationKind.CONFIGURE: parameters.configure,
    OperationKind.BACKUP: backups.back_up,
    OperationKind.PROVE: proofs.prove,
    OperationKind.EXPORT: exports.export,
    OperationKind.REHEARSE: rehearsals.rehearse,
    OperationKind.SWITCHOVER: leading.switch_over,
    OperationKind.RESTORE: restores.restore,
    OperationKind.UNDO: restores.undo,
    OperationKind.UPDATE: updates.update,
    OperationKind.UPGRADE: upgrades.upgrade,
    OperationKind.PROVE_NAME: names.prove,
    OperationKind.REMOVE_NAME: names.remove,
    OperationKind.ARRANGE_NAMES: looking.arrange,
    OperationKind.FIRST_BOOT: beginnings.look,
    OperationKind.SNAPSHOT: snapshots.take,
    OperationKind.DROP_SNAPSHOT: snapshots.drop,
    OperationKind.ROLL_BACK: snapshots.go_back,
    OperationKind.MOVE: moves.move,
    OperationKind.RELEASE: publishing.take,
    OperationKind.STAGE: publishing.stage,
    OperationKind.PUBLISH: publishing.publish,
}


def perform(work: Work) -> None:
    """Do what waits, oldest first, and what has fallen due. An operation that goes on failing is given up after
    `TRIES`, and the next one begins.

    Raises:
        ConfigurationFailed: one failed and is to be tried again. Fenced, Superseded, EngineError.
    """
    bindings.end_overlaps(work)
    for asked in waiting(work.subject):
        if begin(asked):
            _attempt(work.doing(asked), asked)
    restores.end_way_back(work)
    exports.clear(work)
    looking.look(work)
    zones.serve(work)
    backups.schedule(work)


def _attempt(work: Work, asked: Asked) -> None:
    try:
        ACTIONS[asked.kind](work, asked)
    except Declined as refusal:
        settle(work, asked, OperationState.FAILED, trouble=clean(str(refusal)))
    except ConfigurationFailed as error:
        log.warning("operation failed", operation=str(asked.id), kind=asked.kind, error=clean(str(error))[:500])
        if asked.attempts + 1 < TRIES:
            raise
        trouble = gettext_noop("This failed several times, and nothing was changed. The operator has been told.")
        settle(work, asked, OperationState.FAILED, trouble=trouble)
