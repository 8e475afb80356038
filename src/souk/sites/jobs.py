"""The ground in the background."""

from __future__ import annotations

from procrastinate import Blueprint

from souk.engines.contract import EngineError
from souk.engines.current import engine
from souk.sites import commands, queries

blueprint = Blueprint()


@blueprint.periodic(cron="* * * * *")
@blueprint.task(name="observe_hosts", queueing_lock="observe_hosts")
def observe_hosts(timestamp: int) -> None:
    """Read what the engine has, and note when it doesn't answer."""
    del timestamp
    for site in queries.sites():
        try:
            commands.observe_hosts(site.id, engine().hosts(), engine().occupied())
        except EngineError:
            commands.engine_lost(site.id)
