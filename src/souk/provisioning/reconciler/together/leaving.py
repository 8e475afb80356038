"""The end of a service on several machines, with all that was acknowledged on one of them."""

from __future__ import annotations

import structlog

from souk.engines.contract import EngineError
from souk.kernel.redaction import clean
from souk.provisioning.contract import ConfigurationFailed
from souk.provisioning.reconciler import machines, records
from souk.provisioning.reconciler.records import Assigned
from souk.provisioning.reconciler.together.crew import Crew, at_once

log = structlog.get_logger("souk.reconciler")


def leave(crew: Crew, leader: Assigned) -> None:
    """Have the member that leads be a machine by itself that does not serve. The one in front is stopped, and the other
    members are deleted. Safe to repeat.

    Raises:
        ConfigurationFailed, EngineError: it does not lead, and all of them run again.
    """
    others = [one for one in crew.members if one.name != leader.name]
    machines.count(crew.engine, crew.subject, crew.front)
    try:
        # Nobody writes from here on; and whoever could take the leader's place ends before it does.
        at_once(lambda one: _end(crew, one), [crew.front, *others])
        crew.availability.part(crew.guest(leader), crew.wanted(leader))
    except (ConfigurationFailed, EngineError):
        _start(crew, [crew.front, *others])
        raise
    at_once(lambda one: crew.engine.delete(one.name), others)
    for one in others:
        records.abandon_machine(one)


def _end(crew: Crew, machine: Assigned) -> None:
    if crew.engine.machine(machine.name) is not None:
        crew.engine.stop(machine.name, force=True)


def _start(crew: Crew, stopped: list[Assigned]) -> None:
    for one in stopped:
        try:
            if crew.engine.machine(one.name) is not None:
                crew.engine.start(one.name)
        except EngineError as error:
            # The next visit starts what has ended.
            log.warning("not as before", instance=str(crew.subject.row.id), error=clean(str(error))[:300])
