"""A service on several machines, as it should run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_noop

from souk.engines import contract as engines
from souk.engines.contract import MachineStatus
from souk.kernel import clock
from souk.provisioning.contract import Credentials, ServerCertificate
from souk.provisioning.models import InstanceState
from souk.provisioning.reconciler import (
    actions,
    exposing,
    filling,
    machines,
    plugging,
    records,
    releases,
    repositories,
    schedule,
)
from souk.provisioning.reconciler.actions import Work
from souk.provisioning.reconciler.ground import Ground, MachineLost, Unhealthy, probe_until_healthy, step
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.records import Assigned, Subject
from souk.provisioning.reconciler.together.crew import Crew, at_once, redundant
from souk.provisioning.reconciler.together.failing_over import fail_over, watch
from souk.provisioning.reconciler.together.gathering import as_desired
from souk.provisioning.reconciler.together.making import configure, guard, have, keep_history, standing
from souk.provisioning.reconciler.together.renewing import Several
from souk.provisioning.reconciler.together.rolling import restart_machines, restart_pending
from souk.sites import authority, certificates

BACK_WITHIN = 90.0
"""Seconds that a member which was started again has to catch up before that is trouble."""

NOTICED_WITHIN = 15.0
"""Seconds that the members have to see that settings wait for a restart; after that, none does."""

COPIED_WITHIN = 3600.0
"""Seconds that the others have to copy the first one's data."""


def run(ground: Ground, lease: Lease, subject: Subject) -> None:
    """Bring the service to what is desired.

    Raises:
        Fenced, Superseded, EngineError, ConfigurationFailed, Unhealthy, MachineLost, NoAddress.
    """
    if subject.steady and len(subject.members) == subject.row.members and _keeps_running(ground, lease, subject):
        return
    row = subject.row
    if row.state == InstanceState.PENDING:
        records.set_state(row.id, InstanceState.PROVISIONING)
    with step(lease, subject, "prepare", 10, gettext_noop("Address, credentials and certificate are prepared.")):
        crew = as_desired(ground.engine, subject)
        credentials = records.ensure_credentials(subject, crew.blueprint)
        ca = authority.unlock(row.site_id)
        issued = certificates.issue(ca, subject.hostname, crew.front.address, subject.also)
        certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
    observed = crew.observed()
    if row.ready_at is not None:
        _brought_back(lease, crew, observed)
    crew = standing(crew, observed)
    with step(lease, subject, "create", 35, gettext_noop("The machines are made and have started.")):
        at_once(lambda one: have(crew, lease, one, observed[one.name]), [crew.front, *crew.members])
        for one in crew.members:
            if observed[one.name] is None and one.fingerprint:
                records.note_release(one.name, "", "")
    _fit(lease, crew, observed, shrink=False)
    guard(crew)
    plugging.plug(ground, subject, crew.front)
    exposing.expose(ground, subject, crew.front)
    _restore(lease, crew)
    with step(lease, subject, "configure", 60, gettext_noop("The service is configured.")):
        at_once(lambda one: configure(crew, one, credentials, certificate), [crew.front, *crew.members])
    if row.ready_at is not None:
        # Who serves already is found where it leads now, before the others have copied anything.
        lead_there(ground, crew, certificate, issued.expires_at)
    with step(lease, subject, "replicate", 80, gettext_noop("The data is on every machine.")):
        if not crew.wait(crew.members, lambda states: redundant(states, row.members), COPIED_WITHIN):
            raise Unhealthy("not every member has the data")
        if row.ready_at is not None:
            # A killed attempt may have made some of them.
            for one in crew.members:
                keep_history(crew, one)
    leader = _leader(crew)
    configure(crew, leader, credentials, certificate)
    if _needs_restarts(crew, observed):
        # The members look at what was shared with them once every few seconds.
        crew.wait(crew.members, lambda states: all(state.restart_pending for state in states), NOTICED_WITHIN)
    restart_pending(crew)
    _fit(lease, crew, observed, shrink=True)
    ground.names.publish(subject.hostname, crew.front.address)
    with step(lease, subject, "probe", 95, gettext_noop("The service answers.")):
        _probe(crew, credentials, ca.certificate)
        lead_there(ground, crew, certificate, issued.expires_at)
    if row.ready_at is not None:
        records.answered(subject, configured=True)
    _perform(lease, crew)
    watch(crew)
    records.converged(lease, subject, InstanceState.READY)


def _brought_back(lease: Lease, crew: Crew, observed: Mapping[str, engines.Machine | None]) -> None:
    """Have those run again that are there, and restart them all if that was asked for."""
    if crew.blueprint.holds_data and not any(observed[one.name] for one in crew.members):
        raise MachineLost(crew.members[0].name)
    with lease.kept():
        heal(crew, observed)
    if records.restart_asked(crew.subject):
        with step(lease, crew.subject, "stop", 30, gettext_noop("The machines were restarted one after another.")):
            restart_machines(crew)


def _keeps_running(ground: Ground, lease: Lease, subject: Subject) -> bool:
    """Have a service that was configured before run and answer, and do what was asked of it; False if it needs more.

    A service that goes on while one of its members comes back is ready all the time. Of one whose host does not answer
    nothing is known, and the others go on.
    """
    crew = as_desired(ground.engine, subject)
    observed = crew.observed()
    limits = crew.blueprint.limits(subject.row.size)
    if any(seen is None for seen in observed.values()) or any(
        seen is not None and seen.limits != limits and seen.status != MachineStatus.ERROR
        for seen in (observed[one.name] for one in crew.members)
    ):
        return False
    front = observed[crew.front.name]
    if front is None or not plugging.fits(subject, front):
        return False
    exposing.expose(ground, subject, crew.front)
    with lease.kept():
        healed = heal(crew, observed)
    ground.names.publish(subject.hostname, crew.front.address)
    credentials = records.ensure_credentials(subject, crew.blueprint)
    with lease.kept():
        try:
            _probe(crew, credentials, authority.certificate(subject.row.site_id))
        except Unhealthy:
            return False
        if healed:
            records.answered(subject)
        if any(state.restart_pending for state in watch(crew)):
            restart_pending(crew)
        if healed:
            if not crew.wait(crew.members, lambda s: redundant(s, subject.row.members), BACK_WITHIN):
                raise Unhealthy("a member has not come back")
            watch(crew)
    for one in crew.members:
        if not one.fingerprint:
            releases.ask(crew.engine, crew.blueprint, one, crew.wanted(one))
    changed = healed or subject.row.trouble or subject.row.observed_generation != subject.row.generation
    due = schedule.next_due(subject.row)
    if subject.asked or (due is not None and due <= clock.now()):
        _perform(lease, crew)
        watch(crew)
        changed = True
    if changed:
        records.converged(lease, subject, InstanceState.READY)
    else:
        records.found_steady(lease, subject)
    return True


def lead_there(ground: Ground, crew: Crew, certificate: ServerCertificate, ends: datetime) -> None:
    """Let the service's name and its endpoint be those of the machine in front."""
    ground.names.publish(crew.subject.hostname, crew.front.address)
    records.record_endpoint(crew.subject, crew.front.address, crew.blueprint.port, certificate, ends)


def heal(crew: Crew, observed: Mapping[str, engines.Machine | None]) -> bool:
    """Have another member lead where the one that led has ended, then start what has ended; whether anything had.

    One whose machine is gone with its disk is made anew later, as a copy of the others.
    """
    dead, living = crew.dead(dict(observed)), crew.living(dict(observed))
    if dead and living:
        fail_over(crew, dead, living)
    ended = [
        one for one in [crew.front, *dead] if (seen := observed[one.name]) and seen.status == MachineStatus.STOPPED
    ]
    for one in ended:
        crew.engine.start(one.name)
        records.machine_started(crew.subject, one.name)
    return bool(ended or dead)


def _fit(lease: Lease, crew: Crew, before: Mapping[str, engines.Machine | None], *, shrink: bool) -> None:
    """Machines grow before their service, and shrink after it: what runs has the memory it was told of at any time."""
    limits = crew.blueprint.limits(crew.subject.row.size)
    for one in crew.members:
        seen = before[one.name]
        if seen is not None and (limits.memory < seen.limits.memory) == shrink:
            now = crew.engine.machine(one.name)
            if now is not None:
                machines.fit(crew.engine, lease, crew.subject, now, limits)


def _needs_restarts(crew: Crew, before: Mapping[str, engines.Machine | None]) -> bool:
    """Whether settings change with the size that wait for a restart: more disk alone changes none of those."""
    limits = crew.blueprint.limits(crew.subject.row.size)
    return any(
        (seen := before[one.name]) is not None and replace(seen.limits, disk=limits.disk) != limits
        for one in crew.members
    )


def _restore(lease: Lease, crew: Crew) -> None:
    """A service that begins with another one's data: the first member gets it, before the others copy that."""
    row, archivist = crew.subject.row, crew.blueprint.archivist
    if row.ready_at is not None or row.restored_from is None or archivist is None:
        return
    first = next(one for one in crew.members if one.name == crew.ensemble.first)
    with step(lease, crew.subject, "restore", 50, gettext_noop("The data is restored.")):
        repository = repositories.flushed(crew.engine, archivist, row.restored_from, row.restore_until)
        filling.fill(crew.engine, first, archivist, crew.wanted(first), repository, row.restore_until)


def _probe(crew: Crew, credentials: Credentials, trusted: str) -> None:
    wanted = crew.wanted(crew.front)
    probe_until_healthy(lambda: crew.blueprint.probe(wanted, credentials, trusted))


def _leader(crew: Crew) -> Assigned:
    leader = crew.leader(crew.members)
    if leader is None:
        raise Unhealthy("no member leads")
    return leader


def _perform(lease: Lease, crew: Crew) -> None:
    leader = _leader(crew)
    others = [(crew.guest(one), crew.wanted(one)) for one in crew.members if one != leader]
    gate = (crew.guest(crew.front), crew.wanted(crew.front))
    guest, wanted = crew.guest(leader), crew.wanted(leader)
    work = Work(lease, crew.subject, crew.blueprint, crew.engine, guest, wanted, others, gate, Several(crew, lease))
    actions.perform(work)
