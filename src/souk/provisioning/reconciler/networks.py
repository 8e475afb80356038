"""A private network is on the engine as long as something is in it."""

from __future__ import annotations

from contextlib import suppress

import structlog

from souk.engines.contract import EngineError
from souk.kernel.redaction import clean
from souk.kernel.scope import acting
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.ground import Ground
from souk.provisioning.reconciler.lease import Fenced, Lease
from souk.provisioning.reconciler.records import WORKER

log = structlog.get_logger("souk.reconciler")
_LONGEST_PAUSE = 300.0


def keep(ground: Ground, lease: Lease) -> None:
    """Have a private network where something is in it, and none where nothing is; then give the claim back.

    Whoever comes into it meanwhile has it made again: what is in it can't be deleted.
    """
    network = records.load_network(lease.subject)
    try:
        if network.occupied:
            ground.engine.ensure_network(network.bridge)
        else:
            ground.engine.delete_network(network.bridge)
        records.kept_network(lease, network)
    except EngineError as error:
        log.warning("network not kept", network=network.bridge, error=clean(str(error))[:300])
        with suppress(Fenced), acting(WORKER):
            lease.retry(min(2.0**lease.attempts, _LONGEST_PAUSE))
    except Fenced:
        log.info("fenced", network=network.bridge, epoch=lease.epoch)
