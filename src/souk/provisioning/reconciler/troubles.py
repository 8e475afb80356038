"""What is told of each kind of trouble, and when it is tried again."""

from __future__ import annotations

import structlog
from django.utils.translation import gettext_noop

from souk.engines import contract as engines
from souk.kernel.redaction import clean
from souk.kernel.transit import KmsTrouble
from souk.provisioning.contract import Away, ConfigurationFailed, Declined
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.ground import MachineLost, Unhealthy
from souk.provisioning.reconciler.lease import Fenced, Lease
from souk.provisioning.reconciler.records import Subject
from souk.sites.certificates import AuthorityEnded

log = structlog.get_logger("souk.reconciler")
GIVE_UP_AFTER = 8

#: What is told of each kind of trouble, the special before the general.
_TROUBLES: tuple[tuple[type[Exception], str], ...] = (
    (
        engines.HostOffline,
        gettext_noop("A host of the site does not answer; this goes on as soon as it does."),
    ),
    (engines.EngineUnavailable, gettext_noop("The engine does not answer; this goes on as soon as it does.")),
    (engines.PoolFull, gettext_noop("The site's storage is full; this goes on as soon as there is room.")),
    (engines.DiskFull, gettext_noop("The service's own disk is full; delete something, or take a larger plan.")),
    (
        engines.ImageMissing,
        gettext_noop("The service's image is missing on the engine; the operator must build it."),
    ),
    (
        MachineLost,
        gettext_noop(
            "The service's machine is gone, and its data with it. The operator has been told; nothing is charged."
        ),
    ),
    (engines.EngineError, gettext_noop("A step failed and is tried again.")),
    (ConfigurationFailed, gettext_noop("A step failed and is tried again.")),
    (Unhealthy, gettext_noop("A step failed and is tried again.")),
    (
        KmsTrouble,
        gettext_noop("The platform's key management service can't be asked; this goes on as soon as it can."),
    ),
    (
        AuthorityEnded,
        gettext_noop("The site's certificate authority has ended; the operator must give the site another one."),
    ),
    (records.NoAddress, gettext_noop("The site's network has no free address; the operator must enlarge it.")),
    (records.NoRoom, gettext_noop("No host of the site has room for this; it goes on as soon as one has.")),
)

KNOWN = tuple(kind for kind, _ in _TROUBLES)


def told(lease: Lease, subject: Subject, error: Exception) -> None:
    """Record one of the known troubles, and when it is tried again."""
    log.warning("trouble", instance=str(lease.subject), attempts=lease.attempts, error=clean(str(error))[:500])
    final = isinstance(error, MachineLost | Declined)
    sentence = (
        clean(str(error))
        if isinstance(error, Declined)
        else next(t for kind, t in _TROUBLES if isinstance(error, kind))
    )
    retry_in = min(2.0**lease.attempts * 0.5, 300)
    if isinstance(error, Away):
        sentence, retry_in = error.sentence, error.seconds
    failed = final or (lease.attempts >= GIVE_UP_AFTER and subject.row.ready_at is None)
    try:
        records.troubled(lease, subject, sentence, retry_in, failed=failed)
    except Fenced:
        log.info("fenced", instance=str(lease.subject), epoch=lease.epoch)
