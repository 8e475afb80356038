"""Another member leads, because somebody asked for it."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from souk.provisioning.contract import Declined
from souk.provisioning.models import OperationState
from souk.provisioning.reconciler.actions.work import Asked, Work, settle


def switch_over(work: Work, asked: Asked) -> None:
    """Let the member lead that has all that was acknowledged; killed and repeated, it is done once."""
    availability = work.blueprint.high_availability
    assert availability is not None, "commands ask only services that run on several machines"
    before = asked.result.get("from") or work.wanted.member
    if before == work.wanted.member:
        states = availability.state(work.guest, work.wanted)
        heir = next((state.name for state in states if state.synchronous and state.running), None)
        if heir is None:
            raise Declined(gettext_noop("No other machine has all the data now. Try again in a minute."))
        with work.step("switch", 80, gettext_noop("Another machine leads.")):
            work.reach(asked, **{"from": before, "to": heir})
            availability.switch_over(work.guest, work.wanted, heir)
    else:
        heir = work.wanted.member
    settle(work, asked, OperationState.SUCCEEDED, **{"from": before, "to": heir})
