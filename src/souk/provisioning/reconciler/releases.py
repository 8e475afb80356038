"""What a machine was made from, and what its software says it is: asked of them, and recorded."""

from __future__ import annotations

import structlog

from souk.engines.contract import Engine
from souk.kernel.redaction import clean
from souk.provisioning.contract import Blueprint, ConfigurationFailed, Wanted
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.records import Assigned

log = structlog.get_logger("souk.reconciler")


def ask(engine: Engine, blueprint: Blueprint, machine: Assigned, wanted: Wanted) -> str:
    """Record what a running machine is; returns its version, or nothing if it tells none.

    Raises:
        EngineError.
    """
    observed, version = engine.machine(machine.name), ""
    if blueprint.succession is not None:
        try:
            version = blueprint.succession.release(MachineGuest(engine, machine.name), wanted)
        except ConfigurationFailed as error:
            log.warning("a machine does not say what it is", machine=machine.name, error=clean(str(error))[:200])
    if observed is not None:
        records.note_release(machine.name, observed.image, version)
    return version
