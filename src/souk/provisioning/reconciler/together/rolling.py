"""One machine after another, so that the service goes on."""

from __future__ import annotations

from souk.provisioning.contract import ConfigurationFailed
from souk.provisioning.reconciler import machines
from souk.provisioning.reconciler.ground import Unhealthy
from souk.provisioning.reconciler.records import Assigned
from souk.provisioning.reconciler.together.crew import Crew, redundant
from souk.provisioning.reconciler.together.failing_over import note

BACK_WITHIN = 120.0
"""Seconds that a member has to be back after a restart."""


def restart_pending(crew: Crew) -> None:
    """Restart the service where settings wait for that: on those that follow, then on the one that leads, as it is.

    A leader may not have less of some settings than those that follow it had, nor they less than it has: where settings
    shrink, those that follow need the second round.

    Raises:
        ConfigurationFailed, Unhealthy.
    """
    for _ in range(2):
        waiting = {state.name for state in crew.states(crew.members) if state.restart_pending}
        leader = crew.leader(crew.members)
        for one in sorted(crew.members, key=lambda each: each == leader):
            if one.name in waiting:
                crew.availability.restart(crew.guest(one), crew.wanted(one))
                back(crew)


def restart_machines(crew: Crew) -> None:
    """Restart every machine: those that follow, then the one that led, once another leads, then the one in front.

    Raises:
        ConfigurationFailed, Unhealthy, EngineError.
    """
    leader = crew.leader(crew.members)
    for one in sorted(crew.members, key=lambda each: each == leader):
        if one == leader:
            hand_over(crew, one)
        _restart(crew, one)
        back(crew)
    _restart(crew, crew.front)


def hand_over(crew: Crew, leader: Assigned) -> None:
    """Let the member lead that has all that was acknowledged.

    Raises:
        ConfigurationFailed: none has.
    """
    heir = next((state.name for state in crew.states(crew.members) if state.synchronous and state.running), None)
    if heir is None:
        raise ConfigurationFailed("no other member has all the data")
    crew.availability.switch_over(crew.guest(leader), crew.wanted(leader), heir)
    note(crew)


def back(crew: Crew, within: float = BACK_WITHIN) -> None:
    """Wait until every member runs and nothing acknowledged lies on one alone.

    Raises:
        Unhealthy: it did not come to that.
    """
    if not crew.wait(crew.members, lambda states: redundant(states, len(crew.members)), within):
        raise Unhealthy("a member has not come back")


def _restart(crew: Crew, machine: Assigned) -> None:
    machines.stop(crew.engine, crew.subject, machine)
    crew.engine.start(machine.name)
