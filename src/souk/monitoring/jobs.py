"""Monitoring in the background."""

from __future__ import annotations

from procrastinate import Blueprint

from souk.engines.current import engine
from souk.monitoring import rounds, samples

blueprint = Blueprint()


@blueprint.periodic(cron="* * * * *")
@blueprint.task(name="take_round", queueing_lock="take_round", lock="take_round")
def take_round(timestamp: int) -> None:
    """Look at every service once."""
    del timestamp
    rounds.take_round(engine())


@blueprint.periodic(cron="17 * * * *")
@blueprint.task(name="roll_days", queueing_lock="roll_days")
def roll_days(timestamp: int) -> None:
    """Make the next days' partitions, drop those that are too old."""
    del timestamp
    samples.roll()
