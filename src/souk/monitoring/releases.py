"""What services show the world: somebody may have pushed since it was asked for last."""

from __future__ import annotations

from souk.engines.contract import Engine
from souk.kernel.scope import acting
from souk.monitoring.samples import WORKER
from souk.provisioning import publications
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.targets import Target


def ask(engine: Engine, target: Target) -> None:
    """Ask a service's machine what it shows, if its kind has releases.

    Raises:
        ConfigurationFailed, EngineError: it does not tell.
    """
    publisher = target.blueprint.publisher
    if publisher is None:
        return
    found = publisher.published(MachineGuest(engine, target.machine), target.wanted)
    with acting(WORKER):
        publications.note(target.instance, target.organization, found)
