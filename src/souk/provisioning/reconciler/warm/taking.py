"""A service begins on a machine that waited ready for it."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.utils.translation import gettext_noop

from souk.kernel.redaction import clean
from souk.provisioning.contract import Blueprint, ConfigurationFailed, ServerCertificate
from souk.provisioning.models import InstanceState
from souk.provisioning.reconciler import machines, records
from souk.provisioning.reconciler.ground import Ground, probe_until_healthy, step
from souk.provisioning.reconciler.lease import Lease, Superseded
from souk.provisioning.reconciler.records import Subject
from souk.sites import authority

log = structlog.get_logger("souk.reconciler")


def begin(ground: Ground, lease: Lease, subject: Subject, blueprint: Blueprint) -> bool:
    """Give a service that has no machine yet one that waits ready; whether it is ready by that.

    The machine is the service's from the first step on. Whatever fails or is killed after it, the usual way goes on
    from there: it finds a machine that it has only to configure.

    Raises:
        Superseded: what was recorded to wait does not: the next attempt takes another one, or none.
        Fenced, EngineError, Unhealthy, NoAddress.
    """
    row, warmer = subject.row, blueprint.warmer
    begins = row.ready_at is None and row.restored_from is None and row.members == 1 and not subject.machines
    # What waits has a plan's size.
    begins = begins and not row.extra_disk
    if warmer is None or not settings.WARM_MOST or not begins or not warmer.suits(row.parameters):
        return False
    taken = records.take_warm(lease, subject)
    if taken is None:
        return False
    subject = records.load(row.id)
    machine = subject.machine
    assert machine is not None, "one was taken"
    observed = ground.engine.machine(machine.name)
    if observed is None or not machines.unclaimed(observed):
        log.warning("taken machine is not there", machine=machine.name)
        records.abandon_machine(machine)
        raise Superseded
    machines.claim(ground.engine, lease, subject, observed)
    if subject.attached is not None or subject.public_address:
        # Its certificate must have one more name: the usual way makes it, on this machine.
        raise Superseded
    with step(lease, subject, "prepare", 30, gettext_noop("A machine that waited ready is yours.")):
        credentials = records.ensure_credentials(subject, blueprint)
        trusted = authority.certificate(row.site_id)
    wanted = subject.wanted(machine.address)
    ground.names.publish(subject.hostname, machine.address)
    try:
        with step(lease, subject, "configure", 85, gettext_noop("The service is configured.")):
            warmer.take(wanted, credentials, taken.password, trusted)
    except ConfigurationFailed as error:
        log.warning("warm machine not taken", machine=machine.name, error=clean(str(error))[:200])
        raise Superseded from error
    with step(lease, subject, "probe", 95, gettext_noop("The service answers.")):
        probe_until_healthy(lambda: blueprint.probe(wanted, credentials, trusted))
        certificate = ServerCertificate(taken.certificate, "", trusted)
        records.record_endpoint(subject, machine.address, blueprint.port, certificate, taken.expires_at)
    records.converged(lease, subject, InstanceState.READY)
    return True
