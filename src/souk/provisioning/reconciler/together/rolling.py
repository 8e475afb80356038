"""One machine after another, so that the service goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from souk.provisioning.contract import ConfigurationFailed
from souk.provisioning.reconciler.ground import Unhealthy
from souk.provisioning.reconciler.records import Assigned
from souk.provisioning.reconciler.together.crew import Crew, redundant

BACK_WITHIN = 120.0
"""Seconds that a member has to be back after a restart."""


def restart_pending(crew: Crew) -> None:
    """Restart the service where settings wait for that: on those that follow first, then on the one that led.

    Raises:
        ConfigurationFailed, Unhealthy.
    """
    waiting = {state.name for state in crew.states(crew.members) if state.restart_pending}
    if waiting:
        _roll(crew, [one for one in crew.members if one.name in waiting], lambda one: _restart_service(crew, one))


def restart_machines(crew: Crew) -> None:
    """Restart every machine, those that follow first.

    Raises:
        ConfigurationFailed, Unhealthy, EngineError.
    """
    _roll(crew, crew.members, lambda one: _restart_machine(crew, one))
    crew.engine.stop(crew.front.name)
    crew.engine.start(crew.front.name)


def _roll(crew: Crew, machines: Sequence[Assigned], restart: Callable[[Assigned], None]) -> None:
    leader = crew.leader(crew.members)
    for one in [one for one in machines if one != leader]:
        restart(one)
        _back(crew)
    if leader is not None and leader in machines:
        _hand_over(crew, leader)
        restart(leader)
        _back(crew)


def _hand_over(crew: Crew, leader: Assigned) -> None:
    heir = next((state.name for state in crew.states(crew.members) if state.synchronous and state.running), None)
    if heir is None:
        raise ConfigurationFailed("no other member has all the data")
    crew.availability.switch_over(crew.guest(leader), crew.wanted(leader), heir)


def _back(crew: Crew) -> None:
    if not crew.wait(crew.members, lambda states: redundant(states, len(crew.members)), BACK_WITHIN):
        raise Unhealthy("a member has not come back")


def _restart_service(crew: Crew, machine: Assigned) -> None:
    crew.availability.restart(crew.guest(machine), crew.wanted(machine))


def _restart_machine(crew: Crew, machine: Assigned) -> None:
    crew.engine.stop(machine.name)
    crew.engine.start(machine.name)
