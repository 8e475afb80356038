"""Monitoring in the background."""

from __future__ import annotations

from contextlib import suppress

from procrastinate import Blueprint
from procrastinate.exceptions import AlreadyEnqueued

from souk.engines.current import engine
from souk.monitoring import announcing, growing, rounds, samples
from souk.monitoring.alerts import delivering, evaluating
from souk.monitoring.logs import shipping

blueprint = Blueprint()


@blueprint.periodic(cron="* * * * *")
@blueprint.task(name="take_round", queueing_lock="take_round", lock="take_round")
def take_round(timestamp: int) -> None:
    """Look at every service once, have disks grow that fill up, judge what was seen, and have it told."""
    del timestamp
    rounds.take_round(engine())
    growing.grow_what_fills()
    evaluating.judge()
    with suppress(AlreadyEnqueued):
        deliver.defer()


@blueprint.task(name="deliver", queueing_lock="deliver", lock="deliver")
def deliver() -> None:
    """Tell of alerts whatever is due: fresh ones, and those that could not be told before."""
    delivering.deliver()


@blueprint.periodic(cron="23 * * * *")
@blueprint.task(name="announce", queueing_lock="announce", lock="announce")
def announce(timestamp: int) -> None:
    """Tell of versions that will not be mended any more, and of updates that are planned."""
    del timestamp
    announcing.announce_endings()
    announcing.announce_updates()


@blueprint.periodic(cron="17 * * * *")
@blueprint.task(name="roll_days", queueing_lock="roll_days")
def roll_days(timestamp: int) -> None:
    """Make the next days' partitions, drop those that are too old, and what is kept of old deliveries."""
    del timestamp
    samples.roll()
    shipping.roll()
    delivering.forget()


@blueprint.periodic(cron="* * * * *")
@blueprint.task(name="ship_logs", queueing_lock="ship_logs", lock="ship_logs")
def ship_logs(timestamp: int) -> None:
    """Bring services' logs here."""
    del timestamp
    shipping.ship(engine())
