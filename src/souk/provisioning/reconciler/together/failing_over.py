"""When a member's machine has ended: what Souk knows before the members themselves find out."""

from __future__ import annotations

import time
from collections.abc import Sequence

import structlog

from souk.engines import contract as engines
from souk.kernel.redaction import clean
from souk.provisioning.contract import ConfigurationFailed, MemberState
from souk.provisioning.models import Duty
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.records import Assigned
from souk.provisioning.reconciler.together.crew import Crew

log = structlog.get_logger("souk.reconciler")
CHOOSE_WITHIN = 40.0
"""Seconds that the living have to choose; by themselves they may need as long as a leader's time to be heard of."""


def fail_over(crew: Crew, dead: list[Assigned], living: list[Assigned]) -> None:
    """Tell the living who has ended; if it led, wait until another leads.

    The engine has said that the machine ended and nobody but the holder of the lease starts it again: it is dead for
    certain, which is what makes this safe. Where nobody can be told, the members go by their own clock.
    """
    started = time.monotonic()
    deposed = [one for one in dead if _depose(crew, one, living)]
    if not deposed:
        return
    gone = {one.name for one in deposed}
    crew.wait(living, lambda states: any(s.leads and s.running and s.name not in gone for s in states), CHOOSE_WITHIN)
    leader = crew.leader(living)
    seconds = round(time.monotonic() - started, 3)
    log.info("failed over", instance=str(crew.subject.row.id), dead=sorted(gone), leader=leader and leader.name)
    records.failed_over(crew.subject, [one.name for one in deposed], leader.name if leader else "", seconds)


def watch(crew: Crew) -> Sequence[MemberState]:
    """Note what each member does now, and tell of a change of who leads that the members made by themselves; returns
    what they say.
    """
    states = crew.states(crew.members)
    duties = {state.name: _duty(state) for state in states if state.running}
    before = records.note_duties(crew.subject, duties)
    leader = next((name for name, duty in duties.items() if duty == Duty.LEADS), "")
    if before is not None and leader and leader != before.name and not records.led_by_order(crew.subject, leader):
        records.failed_over(crew.subject, [before.name], leader, None)
    return states


def note(crew: Crew) -> None:
    """Note what each member does now, and tell nothing of it: that another one leads was asked for."""
    states = crew.states(crew.members)
    records.note_duties(crew.subject, {state.name: _duty(state) for state in states if state.running})


def _duty(state: MemberState) -> Duty:
    if state.leads:
        return Duty.LEADS
    return Duty.SYNCHRONOUS if state.synchronous else Duty.FOLLOWS


def _depose(crew: Crew, dead: Assigned, living: list[Assigned]) -> bool:
    for one in living:
        try:
            return crew.availability.depose(crew.guest(one), crew.wanted(one), dead.name)
        except (ConfigurationFailed, engines.EngineError) as error:
            log.warning("could not depose", instance=str(crew.subject.row.id), error=clean(str(error))[:200])
    return False
