"""A site with several hosts on an in-memory engine, each in a rack of its own."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.world import operator

from souk.engines.memory import MemoryEngine
from souk.sites import commands, queries

DOMAINS = {"h1": "A", "h2": "B", "h3": "C"}


def seen(engine: MemoryEngine) -> None:
    """Let the site's hosts be as the engine shows them now."""
    for site in queries.sites():
        commands.observe_hosts(site.id, engine.hosts())


def in_racks(engine: MemoryEngine, domains: Mapping[str, str] = DOMAINS) -> None:
    """Let the hosts be seen, each in a rack that is fed by its power domain."""
    seen(engine)
    asks = operator()
    for row in queries.hosts():
        if row.name in domains:
            commands.put_host_in_rack(asks, row.id, f"R-{row.name}", domains[row.name])


def host(name: str) -> queries.HostRow:
    """A host by its name."""
    return next(row for row in queries.hosts() if row.name == name)
