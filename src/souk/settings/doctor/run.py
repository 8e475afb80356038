"""Every check in its order, each surviving the failure of the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import structlog
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from souk.engines.contract import EngineError
from souk.kernel import audit
from souk.settings.doctor import acme, database, ground, keys, storage, work
from souk.settings.doctor.finding import Finding, Level, fail, ok

log = structlog.get_logger("souk.doctor")
Check = Callable[[], Iterator[Finding]]
_WITHOUT_DATABASE: tuple[Check, ...] = (keys.files, keys.service, ground.host, work.web)
_WITH_DATABASE: tuple[Check, ...] = (
    database.walls,
    keys.opens,
    ground.engine,
    work.worker,
    work.services,
    storage.check,
    work.backups,
    work.looks,
    work.letters,
    work.events,
    work.jobs,
    work.certificates,
    acme.check,
    work.clock,
)


def examine(*, trail: bool = False) -> Iterator[Finding]:
    """Look at everything; with `trail`, also recompute the audit trail's whole chain of seals."""
    well = True
    for check in (database.answers, database.migrations):
        if well:
            for finding in _surviving(check):
                well = well and finding.level != Level.FAIL
                yield finding
    for check in _WITHOUT_DATABASE + (_WITH_DATABASE if well else ()):
        yield from _surviving(check)
    if well and trail:
        yield from _surviving(_chain)


def _surviving(check: Check) -> Iterator[Finding]:
    try:
        yield from check()
    except (DatabaseError, EngineError, OSError) as error:
        connection.close()
        log.debug("check failed", check=check.__name__, error=str(error))
        sentence = (str(error).splitlines() or [type(error).__name__])[0]
        yield fail(check.__name__, sentence[:200], _("Mend what is wrong above, then run the doctor again."))


def _chain() -> Iterator[Finding]:
    found = audit.verify()
    if found.broken_at is None:
        seen = _("%(seals)s seals hold over %(events)s events") % {"seals": found.seals, "events": found.events}
        yield ok(_("Chain of seals"), seen)
    else:
        seen = _("seal %(number)s does not hold: an event before it was changed or removed") % {
            "number": found.broken_at
        }
        yield fail(_("Chain of seals"), seen, _("Compare with a backup: somebody wrote to the database directly."))
