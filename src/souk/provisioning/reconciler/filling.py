"""A machine that was just made gets what a repository holds, and runs on it."""

from __future__ import annotations

from datetime import datetime

from souk.engines.contract import Engine
from souk.provisioning.contract import Archivist, Repository, Wanted
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.records import Assigned


def fill(
    engine: Engine,
    machine: Assigned,
    archivist: Archivist,
    wanted: Wanted,
    repository: Repository,
    until: datetime | None,
) -> None:
    """Restore a machine; `configure` it after that. Safe to repeat.

    Raises:
        ConfigurationFailed, EngineError.
    """
    archivist.restore(MachineGuest(engine, machine.name), wanted, repository, until)
    run_on_it(engine, machine.name, archivist)


def run_on_it(engine: Engine, name: str, archivist: Archivist) -> None:
    """Start a restored machine anew, if what runs in it is not what was restored. It has nothing of its own to lose."""
    if archivist.replaces_system:
        engine.stop(name, force=True)
        engine.start(name)
