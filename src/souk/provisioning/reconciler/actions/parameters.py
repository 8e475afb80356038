"""Parameters of a running service. Those that are recorded are the ones that it was seen to work with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_noop

from souk.kernel.scope import acting
from souk.provisioning.contract import ConfigurationFailed, Credentials, ServerCertificate
from souk.provisioning.models import OperationState, ServiceInstance
from souk.provisioning.reconciler import exposing, records
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.records import WORKER, Subject
from souk.sites import authority, certificates


def configure(work: Work, asked: Asked) -> None:
    """Configure the service with other parameters, use it once, and record them; else it is configured as before."""
    # What was done before in this visit may have changed credentials and parameters.
    subject = records.load(work.subject.row.id)
    credentials = records.ensure_credentials(subject, work.blueprint)
    present: Mapping[str, Any] = subject.row.parameters
    other = {**present, **asked.details["parameters"]}
    try:
        with work.step("configure", 60, gettext_noop("The service is configured.")):
            trusted = _apply(work, subject, other, credentials)
        with work.step("probe", 90, gettext_noop("The service answers.")):
            health = work.blueprint.probe(replace(work.entrance[1], parameters=other), credentials, trusted)
            if not health.ok:
                raise ConfigurationFailed(health.detail)
    except ConfigurationFailed:
        _apply(work, subject, present, credentials)
        raise
    if subject.public_address and subject.faces is not None:
        exposing.change(work.engine, subject, subject.faces, parameters=other)
    with acting(WORKER):
        ServiceInstance.objects.select_for_update().filter(id=subject.row.id).update(parameters=other)
        settle(work, asked, OperationState.SUCCEEDED)


def _apply(work: Work, subject: Subject, parameters: Mapping[str, Any], credentials: Credentials) -> str:
    """Configure the service, with a certificate that is recorded. Returns the authority that signed it."""
    address = work.entrance[1].address
    ca = authority.unlock(subject.row.site_id)
    issued = certificates.issue(ca, subject.hostname, address, subject.also)
    certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
    for guest, wanted in ((work.guest, work.wanted), *work.others):
        now = replace(wanted, parameters=parameters, neighbours=subject.neighbours)
        work.blueprint.configure(guest, now, credentials, certificate)
    identity = work.blueprint.identity
    seen = identity.read(work.guest, work.wanted) if identity else None
    records.record_endpoint(subject, address, work.blueprint.port, certificate, issued.expires_at, seen)
    return ca.certificate
