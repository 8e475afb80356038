"""A web service answers to its customer's own names: its machine is told of them, and tells of their certificates."""

from __future__ import annotations

import structlog

from souk.kernel.scope import acting
from souk.provisioning import acme
from souk.provisioning.contract import CertificateServer, DomainKeeper, Guest, Wanted, WebNames
from souk.provisioning.models import Endpoint, Leads, OwnName
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.records import WORKER, Subject

log = structlog.get_logger("souk.reconciler")


def names_of(subject: Subject) -> WebNames:
    """How a service is to answer now. A certificate is asked for whichever names lead to it."""
    chosen = subject.row.web_names or {}
    with acting(WORKER):
        proved = OwnName.objects.filter(instance=subject.row, removed_at__isnull=True, proved_at__isnull=False)
        rows = list(proved.order_by("name"))
    names = [row.name for row in rows]
    main = chosen.get("main", "")
    return WebNames(
        names=names,
        main=main if main in names else "",
        https_only=chosen.get("https_only", True),
        hsts=chosen.get("hsts", False),
        certify=[row.name for row in rows if _leads_here(row)],
        server=_server(),
    )


def serve(lease: Lease, subject: Subject, keeper: DomainKeeper, guest: Guest, wanted: Wanted) -> WebNames:
    """Have a machine answer so; what it was told is recorded. One that need not answer to any name and never had to is
    not told.

    Raises:
        ConfigurationFailed, Fenced.
    """
    names = names_of(subject)
    endpoint = Endpoint.objects.filter(instance=subject.row)
    with acting(WORKER):
        told = endpoint.values_list("told_names", flat=True).first()
    if names.names or told:
        with lease.kept():
            keeper.serve(guest, wanted, names)
        with acting(WORKER):
            lease.hold()
            endpoint.update(told_names=names.token)
    return names


def is_told(subject: Subject, names: WebNames) -> bool:
    """Whether the machine was told just that."""
    with acting(WORKER):
        told = Endpoint.objects.filter(instance=subject.row).values_list("told_names", flat=True).first()
    return (told or "") == (names.token if names.names or told else "")


def _leads_here(row: OwnName) -> bool:
    """Whether a name leads to the service; while DNS is silent one that has a certificate is taken to do so still."""
    return row.leads == Leads.HERE or (row.leads == Leads.SILENT and row.certified_until is not None)


def _server() -> CertificateServer | None:
    """The ACME server. One that is misset stops no service: certificates are not asked for, and `doctor` says why."""
    try:
        return acme.server()
    except acme.AcmeMisset as error:
        log.warning("no certificates are asked for", error=str(error))
        return None
