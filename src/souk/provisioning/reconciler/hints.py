"""What the engine says as it happens: a machine that ended though it should run is visited at once.

Only a hint: what is missed here, the next resync finds.
"""

from __future__ import annotations

import threading

import structlog
from django.db import DatabaseError, connection

from souk.engines.contract import Engine, EngineError, Event
from souk.kernel import clock, events
from souk.kernel.scope import System, acting

log = structlog.get_logger("souk.reconciler")
ENDED = frozenset({"instance-stopped", "instance-shutdown", "instance-deleted"})
PAUSE = 5.0

# An item that a worker holds is left alone: that worker stopped the machine itself, or will see that it stopped.
_WAKE = """
update provisioning_convergence set next_at = now()
where subject = (select m.instance_id from provisioning_machine m
                 join provisioning_serviceinstance i on i.id = m.instance_id and i.desired = 'running'
                 where m.name = %s and m.deleted_at is null)
  and (lease_until is null or lease_until < now())
returning subject, (select organization_id from provisioning_serviceinstance where id = subject),
    (select role in ('primary', 'front') or duty = 'leads' from provisioning_machine where name = %s)
"""


def heed(event: Event) -> bool:
    """Make the instance of a machine that ended due, if it should run; whether it was."""
    if event.action not in ENDED:
        return False
    with acting(System("reconciler")), connection.cursor() as cursor:
        cursor.execute(_WAKE, [event.machine, event.machine])
        woken = cursor.fetchone()
        if woken is None:
            return False
        cursor.execute("select pg_notify('souk_convergence', '')")
        instance, organization, serves = woken
        if serves:
            events.record(
                "service.machine_ended",
                ("service", instance),
                organization=organization,
                data={"at": clock.now().isoformat(), "machine": event.machine},
            )
    return True


def follow(engine: Engine, stopping: threading.Event) -> None:
    """Heed the engine's events until told to stop; a lost engine or database is waited for."""
    while not stopping.is_set():
        try:
            for event in engine.events():
                if stopping.is_set():
                    return
                if heed(event):
                    log.info("machine ended", machine=event.machine, action=event.action)
        except (EngineError, DatabaseError) as error:
            log.warning("no events", error=str(error)[:200])
            connection.close()
        stopping.wait(PAUSE)
