"""Updates that machines install themselves: which of them wait, asked for every few hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from souk.engines.contract import Engine
from souk.kernel import clock
from souk.kernel.scope import Scope, acting
from souk.monitoring.models import MachineUpdates
from souk.monitoring.samples import WORKER
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.targets import Target

EVERY = timedelta(hours=3)


@dataclass(frozen=True)
class UpdatesRow:
    """Which updates wait in a service's machine, as it told `at` last (None: it never did, or its kind is renewed from
    outside): how many close holes (since when there are any), how many others; whether a `restart` is due, since
    something runs that was replaced; when it had last asked what there is, and when updates last installed themselves.
    """

    at: datetime | None = None
    security: int = 0
    security_since: datetime | None = None
    others: int = 0
    restart: bool = False
    asked_at: datetime | None = None
    installed_at: datetime | None = None


def ask(engine: Engine, target: Target) -> None:
    """Ask a service's machine, if it is time.

    Raises:
        ConfigurationFailed, EngineError: it does not tell.
    """
    now = clock.now()
    with acting(WORKER):
        before = MachineUpdates.objects.filter(instance_id=target.instance).first()
    if target.blueprint.observer is None or (before is not None and before.at + EVERY > now):
        return
    found = target.blueprint.observer.pending(MachineGuest(engine, target.machine), target.wanted)
    if found is None:
        return
    since = (before.security_since if before else None) or now
    with acting(WORKER):
        MachineUpdates.objects.update_or_create(
            instance_id=target.instance,
            defaults={
                "organization_id": target.organization,
                "at": now,
                "security": found.security,
                "others": found.others,
                "restart": found.restart,
                "asked_at": found.asked,
                "installed_at": found.installed,
                "security_since": since if found.security else None,
            },
        )


def updates(scope: Scope, instance: UUID) -> UpdatesRow:
    """What waits in a service's machine."""
    with acting(scope):
        row = MachineUpdates.objects.filter(instance_id=instance).values(*UpdatesRow.__dataclass_fields__).first()
    return UpdatesRow(**row) if row else UpdatesRow()


def forget(instance: UUID) -> None:
    """Delete what was kept of an erased instance."""
    MachineUpdates.objects.filter(instance_id=instance).delete()
