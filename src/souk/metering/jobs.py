"""Metering in the background."""

from __future__ import annotations

from procrastinate import Blueprint

from souk.engines.current import engine
from souk.metering import commands
from souk.monitoring.metrics import stored

blueprint = Blueprint()


@blueprint.periodic(cron="*/5 * * * *")
@blueprint.task(name="take_samples", queueing_lock="take_samples")
def take_samples(timestamp: int) -> None:
    """Read every machine's counters, and what services last told that they hold."""
    del timestamp
    commands.take_samples(engine().usage())
    commands.take_stored(stored())
