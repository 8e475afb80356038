"""The machines of a service on several: as many as are desired, or those that there are."""

from __future__ import annotations

from collections.abc import Sequence

from souk.engines.contract import Engine
from souk.provisioning.models import MachineRole
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.records import Assigned, Subject
from souk.provisioning.reconciler.together import sharing
from souk.provisioning.reconciler.together.crew import Crew, availability
from souk.provisioning.registry import blueprint as find_blueprint


def as_desired(engine: Engine, subject: Subject) -> Crew:
    """The members that are desired and the machine in front; those that have no row get one.

    Raises:
        NotCoordinated, ConfigurationFailed, EngineError, NoAddress.
    """
    image = find_blueprint(subject.row.blueprint).recipe.alias
    numbers = range(1, subject.row.members + 1)
    members = [records.assign_machine(subject, image, role=MachineRole.MEMBER, number=number) for number in numbers]
    return _crew(engine, subject, members)


def as_known(engine: Engine, subject: Subject) -> Crew:
    """The members that have a row, whatever is desired: one that is to go on alone is among them.

    Raises:
        NotCoordinated, ConfigurationFailed, EngineError, NoAddress.
    """
    alone = [subject.machine] if subject.machine is not None else []
    return _crew(engine, subject, sorted([*subject.members, *alone], key=lambda one: one.number))


def _crew(engine: Engine, subject: Subject, members: Sequence[Assigned]) -> Crew:
    blueprint = find_blueprint(subject.row.blueprint)
    availability(blueprint)
    front = records.assign_machine(subject, blueprint.recipe.alias, role=MachineRole.FRONT)
    ensemble = sharing.ensure(engine, subject, members, front)
    return Crew(engine, subject, blueprint, members, front, ensemble, records.confined(subject))
