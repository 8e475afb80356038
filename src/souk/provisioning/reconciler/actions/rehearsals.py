"""An upgrade tried out: a copy of the data is brought to another major version, and compared to the last row.

The report is the operation's result: what stood in the way or was done, how long each part took, and the checksums.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import structlog
from django.utils.translation import gettext_noop

from souk.provisioning.contract import VERSION, Archivist, Converted, Settled, Upgrader
from souk.provisioning.models import OperationState
from souk.provisioning.reconciler.actions.trying import Trial, restored
from souk.provisioning.reconciler.actions.work import Asked, Work, settle

log = structlog.get_logger("souk.reconciler")
OBSTACLES = gettext_noop("The data can't be brought to this version as it is. The report says what stands in the way.")
_UNLIKE = gettext_noop("The data was not the same afterwards. The service is not upgraded, and the operator is told.")


def rehearse(work: Work, asked: Asked) -> None:
    """Upgrade a copy that is thrown away. What was found is kept, whether it succeeded or not."""
    upgrader, archivist = work.blueprint.upgrader, work.blueprint.archivist
    assert upgrader is not None, "commands ask only services that have several versions"
    assert archivist is not None, "commands ask only services that are backed up"
    with restored(work, archivist) as trial:
        report = _tried(work, trial.begin(), upgrader, archivist, str(asked.details["version"]))
    if report["obstacles"]:
        settle(work, asked, OperationState.FAILED, trouble=OBSTACLES, **report)
    elif report["after"] != report["before"]:
        log.error("an upgrade changed data", instance=str(work.subject.row.id), operation=str(asked.id))
        settle(work, asked, OperationState.FAILED, trouble=_UNLIKE, **report)
    else:
        settle(work, asked, OperationState.SUCCEEDED, **report)


def _tried(work: Work, trial: Trial, upgrader: Upgrader, archivist: Archivist, to: str) -> dict[str, Any]:
    report: dict[str, Any] = {"version_before": trial.wanted.parameters.get(VERSION, ""), "version": to}
    with work.step("read", 60, gettext_noop("Every row is read, and a checksum made of all of them.")):
        before = archivist.fingerprint(trial.guest, trial.wanted)
    with work.step("convert", 75, gettext_noop("The data is brought to the new version.")):
        converted = upgrader.convert(trial.guest, trial.wanted, to)
    if converted.obstacles:
        return {**report, **reported(converted)}
    with work.step("start", 80, gettext_noop("The new version has started.")):
        trial = trial.configure(**{VERSION: to})
    with work.step("settle", 88, gettext_noop("Extensions, indexes and statistics are made fit for the new version.")):
        settled = upgrader.settle(trial.guest, trial.wanted, whole=True)
    with work.step("compare", 95, gettext_noop("Every row is read again, and the checksums are compared.")):
        after = archivist.fingerprint(trial.guest, trial.wanted)
    return {**report, **reported(converted, settled), "before": before.digest, "after": after.digest}


def reported(converted: Converted, settled: Settled | None = None) -> dict[str, Any]:
    """What came of an upgrade's parts, as it is recorded."""
    seconds = {**converted.seconds, **(settled.seconds if settled else {})}
    return {
        "obstacles": [asdict(each) for each in converted.obstacles],
        "extensions": [asdict(each) for each in settled.extensions] if settled else [],
        "sorted": settled.sorted if settled else 0,
        "seconds": seconds,
    }
