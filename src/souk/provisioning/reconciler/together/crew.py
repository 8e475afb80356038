"""The machines of a highly available instance as they are found, and who of them leads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from souk.engines import contract as engines
from souk.engines.contract import Engine, MachineStatus
from souk.provisioning.contract import (
    Blueprint,
    ConfigurationFailed,
    Ensemble,
    HighAvailability,
    MemberState,
    Wanted,
)
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.records import Assigned, Subject

T = TypeVar("T")
Reached = Callable[[Sequence[MemberState]], bool]
PAUSE = 0.3


@dataclass(frozen=True)
class Crew:
    """An instance's machines, and what is needed to act in them."""

    engine: Engine
    subject: Subject
    blueprint: Blueprint
    members: Sequence[Assigned]
    front: Assigned
    ensemble: Ensemble
    confined: Mapping[str, str]

    @property
    def availability(self) -> HighAvailability:
        """How the blueprint runs on several machines."""
        return availability(self.blueprint)

    def guest(self, machine: Assigned | str) -> MachineGuest:
        """A machine to act in."""
        return MachineGuest(self.engine, machine if isinstance(machine, str) else machine.name)

    def wanted(self, machine: Assigned) -> Wanted:
        """What is wanted of one machine."""
        wanted = self.subject.wanted(machine.address)
        return replace(wanted, member=machine.name, ensemble=self.ensemble, confined=self.confined)

    def observed(self) -> dict[str, engines.Machine | None]:
        """Every machine as the engine shows it now."""
        machines = [self.front, *self.members]
        return dict(at_once(lambda one: (one.name, self.engine.machine(one.name)), machines))

    def living(self, observed: dict[str, engines.Machine | None]) -> list[Assigned]:
        """The members whose machine runs."""
        return [one for one in self.members if _runs(observed[one.name])]

    def dead(self, observed: dict[str, engines.Machine | None]) -> list[Assigned]:
        """The members whose machine certainly does not run: stopped, or not there. One in error may run still."""
        return [one for one in self.members if _ended(observed[one.name])]

    def states(self, asked: Iterable[Assigned]) -> Sequence[MemberState]:
        """What the members say of each other: the first of `asked` that says anything; nothing if none does."""
        for machine in asked:
            try:
                if states := self.availability.state(self.guest(machine), self.wanted(machine)):
                    return states
            except (ConfigurationFailed, engines.EngineError):
                continue
        return []

    def leader(self, asked: Iterable[Assigned]) -> Assigned | None:
        """The member that leads, as the living see it."""
        leads = {state.name for state in self.states(asked) if state.leads and state.running}
        return next((one for one in self.members if one.name in leads), None)

    def wait(self, asked: Sequence[Assigned], reached: Reached, patience: float) -> bool:
        """Wait until what the members say of each other is as it should be; whether it came to that in time, and before
        the machine of one that is asked ended: whoever waits holds the lease, and nobody else would start it again.
        """
        deadline = time.monotonic() + patience
        while not reached(self.states(asked)):
            if time.monotonic() > deadline or any(_ended(self.engine.machine(one.name)) for one in asked):
                return False
            time.sleep(PAUSE)
        return True


def availability(blueprint: Blueprint) -> HighAvailability:
    """How a blueprint runs on several machines.

    Raises:
        ConfigurationFailed: it does not.
    """
    if blueprint.high_availability is None:
        raise ConfigurationFailed(f"{blueprint.key} runs on one machine only")
    return blueprint.high_availability


def at_once(act: Callable[[Assigned], T], machines: Sequence[Assigned]) -> list[T]:
    """Do something to several machines beside each other; the first failure is raised when all have ended.

    Nothing in it may use the database: each thread would hold a connection of its own.
    """
    with ThreadPoolExecutor(max(1, len(machines))) as pool:
        return [done.result() for done in [pool.submit(act, one) for one in machines]]


def redundant(states: Sequence[MemberState], members: int) -> bool:
    """Whether every member runs, one leads, and another has all that was acknowledged."""
    return (
        len(states) >= members
        and all(state.running for state in states)
        and any(state.leads for state in states)
        and any(state.synchronous for state in states)
    )


def _runs(machine: engines.Machine | None) -> bool:
    return machine is not None and machine.status == MachineStatus.RUNNING


def _ended(machine: engines.Machine | None) -> bool:
    return machine is None or machine.status == MachineStatus.STOPPED
