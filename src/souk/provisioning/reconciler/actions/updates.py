"""A service goes over to a machine of the newest image."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop

from souk.kernel import clock
from souk.provisioning.models import OperationState
from souk.provisioning.reconciler import records, releases
from souk.provisioning.reconciler.actions.work import Asked, Several, Work, reached, settle
from souk.provisioning.reconciler.succeeding import succeed


def update(work: Work, asked: Asked) -> None:
    """Let a machine of the newest image take over; once it serves, say what it is.

    Raises:
        Superseded: it took over; what is still to be done is done there. ConfigurationFailed.
    """
    if work.several is not None:
        _one_after_another(work, asked, work.several)
        return
    subject = records.load(work.subject.row.id)
    assert subject.machine is not None, "a running service has a machine"
    if "machine" in asked.result:
        seconds = round((clock.now() - datetime.fromisoformat(asked.result["since"])).total_seconds(), 1)
        version = releases.ask(work.engine, work.blueprint, subject.machine, work.wanted)
        settle(work, asked, OperationState.SUCCEEDED, **{**asked.result, "to": version, "seconds": seconds})
        return
    before = releases.ask(work.engine, work.blueprint, subject.machine, work.wanted)

    def reach(machine: str, since: datetime) -> None:
        reached(work, asked, machine=machine, since=since.isoformat(), **{"from": before})

    succeed(work.engine, work.lease, subject, work.blueprint, work.step, reach)


def _one_after_another(work: Work, asked: Asked, several: Several) -> None:
    """Those that a killed attempt made anew are of the newest image, and left."""
    result = dict(asked.result)
    for count, machine in enumerate(several.outdated(), start=1):
        with work.step("renew", min(25 * count, 95), gettext_noop("A machine was made anew, with all of the data.")):
            version = several.renew(machine)
        if version:
            result["to"] = version
            work.reach(asked, **result)
    settle(work, asked, OperationState.SUCCEEDED, **result)
