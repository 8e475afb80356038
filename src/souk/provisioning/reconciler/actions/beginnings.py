"""What a service does of its customer's own when it is first begun: followed until it has ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from souk.kernel import clock
from souk.provisioning.contract import Standing
from souk.provisioning.models import OperationState
from souk.provisioning.reconciler.actions.work import Asked, Work, postpone, settle

SOONEST, LATEST = timedelta(seconds=2), timedelta(minutes=1)
"""Between two looks: an eighth of the time that it has taken, within these."""

_TROUBLES = {
    Standing.FAILED: gettext_noop("The first boot ended with errors. Its last lines say which."),
    Standing.INTERRUPTED: gettext_noop("The first boot was cut short, and is not begun again."),
}


def look(work: Work, asked: Asked) -> None:
    """See how far it is, and look again later if it is under way. What it says is kept for its customer.

    Raises:
        ConfigurationFailed: the machine does not tell. Fenced.
    """
    beginner = work.blueprint.beginner
    assert beginner is not None, "only services that can are asked to"
    since = asked.result.get("since", clock.now().isoformat())
    found = beginner.look(work.guest, work.wanted)
    told: dict[str, Any] = {"standing": found.standing, "lines": list(found.lines), "since": since}
    if found.standing == Standing.RUNNING:
        work.reach(asked, **told)
        taken = clock.now() - datetime.fromisoformat(since)
        postpone(asked, clock.now() + min(LATEST, max(SOONEST, taken / 8)))
        return
    trouble = _TROUBLES.get(found.standing, "")
    settle(work, asked, OperationState.FAILED if trouble else OperationState.SUCCEEDED, trouble=trouble, **told)
