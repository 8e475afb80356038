"""The kernel in the background: sealing the audit trail."""

from __future__ import annotations

from procrastinate import Blueprint

from souk.kernel import audit

blueprint = Blueprint()


@blueprint.periodic(cron="*/10 * * * *")
@blueprint.task(name="seal_events", queueing_lock="seal_events")
def seal_events(timestamp: int) -> None:
    """Seal what happened since the last time."""
    del timestamp
    while audit.seal() == 10_000:
        pass
