"""From one machine to several: the one that serves is the first member, with the data that it has; the others copy it.

All that can be made beforehand is, while it serves. Then it is a member by one transaction, and from there on this is a
service on several machines of which the others are missing.
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_noop

from souk.provisioning.contract import Blueprint, Credentials, Guest, ServerCertificate, Wanted
from souk.provisioning.models import MachineRole
from souk.provisioning.reconciler import guarding, machines, records, trials
from souk.provisioning.reconciler.ground import Ground, MachineLost, Unhealthy, step
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.private import network_of
from souk.provisioning.reconciler.records import Subject
from souk.provisioning.reconciler.repositories import is_kept
from souk.provisioning.reconciler.shrinking import shrink
from souk.provisioning.reconciler.together import gathering
from souk.provisioning.reconciler.together.crew import Crew
from souk.provisioning.reconciler.together.failing_over import CHOOSE_WITHIN
from souk.provisioning.reconciler.together.making import configure, have
from souk.provisioning.reconciler.together.running import lead_there
from souk.provisioning.registry import blueprint as find_blueprint
from souk.sites import authority, certificates


def begin(ground: Ground, lease: Lease, subject: Subject) -> Subject:
    """Have the machine that carries a service alone lead as the first of several, reached by the one in front. The
    service as it is then.

    Raises:
        Fenced, Superseded, EngineError, ConfigurationFailed, Unhealthy, MachineLost, NoAddress.
    """
    blueprint, engine = find_blueprint(subject.row.blueprint), ground.engine
    _serving(ground, lease, subject, blueprint)
    with step(lease, subject, "prepare", 10, gettext_noop("Address, credentials and certificate are prepared.")):
        crew = gathering.as_known(engine, subject)
        credentials = records.ensure_credentials(subject, blueprint)
        ca = authority.unlock(subject.row.site_id)
        issued = certificates.issue(ca, subject.hostname, crew.front.address, subject.also)
        certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
    with step(lease, subject, "front", 20, gettext_noop("The machine in front of the others is made.")):
        engine.join(crew.members[0].name, network_of(subject))
        there = engine.machine(crew.front.name)
        front = crew.front if there else replace(crew.front, host=records.host_of(subject, crew.front))
        have(crew, lease, front, there)
        guarding.guard(crew.guest(crew.front), subject.row)
    with step(lease, subject, "lead", 30, gettext_noop("The machine is the first of several, and leads.")):
        machines.count(engine, subject, crew.members[0])
        subject = records.begin_together(lease, subject, crew.members[0])
        crew = gathering.as_desired(engine, subject)
        _lead(crew, credentials, certificate)
        lead_there(ground, crew, certificate, issued.expires_at)
    return records.load(subject.row.id)


def _serving(ground: Ground, lease: Lease, subject: Subject, blueprint: Blueprint) -> None:
    """Have the machine run as it did, with what it needs to be one of several: its disk, and a timeline of its own."""
    engine, present, row = ground.engine, subject.machine, subject.row
    assert present is not None, "it serves alone"
    observed = engine.machine(present.name)
    if observed is None:
        raise MachineLost(present.name)
    engine.start(present.name)
    guest, wanted = MachineGuest(engine, present.name), subject.wanted(present.address)
    if subject.machine_as(MachineRole.NEXT) is not None:
        # A killed attempt may have left it handing over to another one.
        if blueprint.succession is not None:
            blueprint.succession.stay(guest, wanted)
        trials.throw_away(engine, subject)
    limits = blueprint.limits(row.size)
    if observed.limits.disk > limits.disk:
        shrink(engine, lease, subject, blueprint, observed, limits.disk)
    elif observed.limits.memory <= limits.memory:
        machines.fit(engine, lease, subject, observed, replace(limits, disk=max(limits.disk, observed.limits.disk)))
    _answering(subject, blueprint, guest, wanted)
    if blueprint.archivist is not None and blueprint.archivist.history is not None and is_kept(row.id):
        blueprint.archivist.history.begin_timeline(guest, wanted)


def _answering(subject: Subject, blueprint: Blueprint, guest: Guest, wanted: Wanted) -> None:
    """Configure a machine that was one of several until now, and has not served alone since."""
    credentials, ca = records.ensure_credentials(subject, blueprint), authority.unlock(subject.row.site_id)
    if not blueprint.probe(wanted, credentials, ca.certificate).ok:
        issued = certificates.issue(ca, subject.hostname, wanted.address, subject.also)
        certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
        blueprint.configure(guest, wanted, credentials, certificate)


def _lead(crew: Crew, credentials: Credentials, certificate: ServerCertificate) -> None:
    first = next(one for one in crew.members if one.name == crew.ensemble.first)
    guarding.let_in(crew.guest(first), crew.subject.row.site_id, [])
    crew.availability.front(crew.guest(crew.front), crew.wanted(crew.front))
    configure(crew, first, credentials, certificate)
    if not crew.wait([first], lambda states: any(state.leads and state.running for state in states), CHOOSE_WITHIN):
        raise Unhealthy("the first member does not lead")
