"""From several machines to one: the member that leads goes on alone, with the data that it has.

Which one that is, is one transaction; from then on each step is repeated until it is done. So that nothing acknowledged
lies on another one alone, the others end while the one that leads still does; and they are deleted before it serves
again. As long as one of them is there, it has not served alone, and any of them may lead again.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

from souk.engines.contract import Engine
from souk.provisioning.reconciler import guarding, machines, records, shrinking
from souk.provisioning.reconciler.ground import MachineLost, Unhealthy, step
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.records import Assigned, Subject
from souk.provisioning.reconciler.together import gathering, sharing
from souk.provisioning.reconciler.together.crew import Crew, availability
from souk.provisioning.reconciler.together.failing_over import CHOOSE_WITHIN
from souk.provisioning.reconciler.together.leaving import leave
from souk.provisioning.reconciler.together.running import heal
from souk.provisioning.registry import blueprint as find_blueprint
from souk.sites import authority


def part(engine: Engine, lease: Lease, subject: Subject) -> Subject:
    """Have one member be the machine that carries the service alone, which serves once it is configured as that; the
    others are deleted. The service as it is then.

    Raises:
        Fenced, Superseded, EngineError, ConfigurationFailed, Unhealthy, MachineLost.
    """
    crew = gathering.as_known(engine, subject)
    if subject.machine is None:
        leader = _gathered(lease, crew)
        _see_that_it_fits(crew, leader)
        records.go_alone(lease, subject, leader)
    else:
        engine.start(subject.machine.name)
        leader = crew.leader(crew.living(crew.observed())) or subject.machine
        if leader.name != subject.machine.name:
            records.go_alone(lease, subject, leader)
    with step(lease, subject, "part", 40, gettext_noop("One machine has all of the data, and goes on alone.")):
        leave(crew, leader)
        guarding.let_in(crew.guest(leader), subject.row.site_id, subject.row.allowed)
    return records.load(subject.row.id)


def clear(engine: Engine, lease: Lease, subject: Subject) -> None:
    """Delete what is left of a service on several machines, once one serves alone.

    Raises:
        Fenced, Superseded, EngineError, ConfigurationFailed.
    """
    alone = subject.machine
    assert alone is not None, "one machine serves alone"
    availability(find_blueprint(subject.row.blueprint)).forget(
        MachineGuest(engine, alone.name), subject.wanted(alone.address)
    )
    sharing.withdraw(engine, subject)
    with step(lease, subject, "delete", 97, gettext_noop("The other machines are deleted.")):
        for one in subject.left_over:
            machines.delete(engine, subject, one)
            records.abandon_machine(one)


def _gathered(lease: Lease, crew: Crew) -> Assigned:
    """Who leads, once all that have ended run again.

    Raises:
        MachineLost: there is no data any more. Unhealthy: nobody leads.
    """
    observed = crew.observed()
    if crew.blueprint.holds_data and not any(observed[one.name] for one in crew.members):
        raise MachineLost(crew.members[0].name)
    with lease.kept():
        heal(crew, observed)
        there = [one for one in crew.members if observed[one.name] is not None]
        if not crew.states(there) and (first := _not_begun(crew)) is not None:
            return first
        crew.wait(there, lambda states: any(state.leads and state.running for state in states), CHOOSE_WITHIN)
        leader = crew.leader(there)
    if leader is None:
        raise Unhealthy("no member leads")
    return leader


def _not_begun(crew: Crew) -> Assigned | None:
    """The member that is to be the first, where it serves by itself still: that was taken back before it led."""
    first = next(one for one in crew.members if one.name == crew.ensemble.first)
    credentials = records.ensure_credentials(crew.subject, crew.blueprint)
    trusted = authority.certificate(crew.subject.row.site_id)
    serves = crew.blueprint.probe(crew.subject.wanted(first.address), credentials, trusted).ok
    return first if serves else None


def _see_that_it_fits(crew: Crew, leader: Assigned) -> None:
    observed = crew.engine.machine(leader.name)
    if observed is not None:
        guest, wanted = crew.guest(leader), crew.wanted(leader)
        shrinking.give_or_see_that_it_fits(crew.engine, crew.subject, crew.blueprint, observed, guest, wanted)
