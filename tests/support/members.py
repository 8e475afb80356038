"""Whether a service on several machines is in order: by what the engine shows, not only by what was last recorded."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from souk.engines.contract import Engine, MachineStatus
from souk.kernel.scope import Scope, System, acting
from souk.provisioning.models import Convergence
from souk.provisioning.queries import members

DUTIES = ["follows", "leads", "synchronous"]


def whole(engine: Engine, scope: Scope, instance: UUID) -> bool:
    """Whether all three machines run, and since a worker last looked one leads, one has all that was acknowledged, and
    one follows. While no worker is at it, what is recorded is what was: a machine that died meanwhile is not running.
    """
    running = {machine.name for machine in engine.machines() if machine.status == MachineStatus.RUNNING}
    if any(row.name not in running for row in members(scope, instance)):
        return False
    with acting(System("test")):
        idle = Q(lease_until__isnull=True) & Q(next_at__gt=Now())
        if not Convergence.objects.filter(idle, subject=instance).exists():
            return False
    return sorted(row.duty for row in members(scope, instance)) == DUTIES


def leader(scope: Scope, instance: UUID) -> str:
    """The machine that was last seen to lead; nothing while none was."""
    return next((row.name for row in members(scope, instance) if row.duty == "leads"), "")
