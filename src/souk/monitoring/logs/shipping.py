"""Bringing logs here, part by part: what is kept and how far it was read is one transaction, so nothing comes twice."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection

from souk.engines.contract import Engine, EngineError
from souk.kernel import clock
from souk.kernel.scope import acting
from souk.monitoring import balances, releases, updates
from souk.monitoring.models import LogPosition, SlowStatements
from souk.monitoring.samples import WORKER
from souk.provisioning.contract import ConfigurationFailed, LogLine, LogPart, Severity
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.targets import Target, targets

log = structlog.get_logger("souk.monitoring")
KEPT_DAYS = 7
PART = 512 * 1024
"""Bytes that are read of one log in one round."""

MOST_A_DAY = 32 * 1024 * 1024
"""Bytes of one log's lines that are kept of one day."""

STATEMENTS = 20
STATEMENTS_EVERY = 5
"""Minutes after which a service is asked for its slowest queries again."""

THREADS = 4

_KEEP = """
insert into monitoring_logline (instance_id, organization_id, at, severity, text)
select %s, %s, at, severity, text
from unnest(%s::timestamptz[], %s::text[], %s::text[]) with ordinality as line (at, severity, text, place)
where at >= %s order by place
"""


def ship(engine: Engine) -> None:
    """Bring what was written since the last time, of every service that answers; and, of each every few minutes, its
    slowest queries and what updates wait in it.
    """
    waiting: queue.SimpleQueue[Target] = queue.SimpleQueue()
    for target in targets():
        if target.blueprint.observer is not None:
            waiting.put(target)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="ship") as pool:
        for done in [pool.submit(copy_context().run, _ship_all, engine, waiting) for _ in range(THREADS)]:
            done.result()


def _ship_all(engine: Engine, waiting: queue.SimpleQueue[Target]) -> None:
    """What one thread does, on one connection, until nothing waits."""
    minute = int(clock.now().timestamp()) // 60
    try:
        while (target := _next(waiting)) is not None:
            try:
                balances.ask(target)
                _ship(engine, target)
                if (target.instance.int + minute) % STATEMENTS_EVERY == 0:
                    _ask_statements(engine, target)
                    updates.ask(engine, target)
                    releases.ask(engine, target)
            except (ConfigurationFailed, EngineError) as error:
                log.info("log not read", instance=str(target.instance), error=str(error)[:200])
    finally:
        connection.close()


def _next(waiting: queue.SimpleQueue[Target]) -> Target | None:
    try:
        return waiting.get_nowait()
    except queue.Empty:
        return None


def _ship(engine: Engine, target: Target) -> None:
    with acting(WORKER):
        position = LogPosition.objects.filter(instance_id=target.instance).first()
    assert target.blueprint.observer is not None, "only such targets are shipped"
    after = position.cursor if position else ""
    part = target.blueprint.observer.log(MachineGuest(engine, target.machine), target.wanted, after, PART)
    if part is not None and part.lines:
        _keep(target, position, part)


def _keep(target: Target, position: LogPosition | None, part: LogPart) -> None:
    now = clock.now()
    kept = position.kept if position is not None and position.day == now.date() else 0
    # A machine may put any time under a line: there is a place for none of tomorrow.
    lines, kept = _within_share([replace(line, at=min(line.at, now)) for line in part.lines], kept)
    with acting(WORKER):
        _insert(target.instance, target.organization, lines, now - timedelta(days=KEPT_DAYS))
        LogPosition.objects.update_or_create(
            instance_id=target.instance,
            defaults={"organization_id": target.organization, "cursor": part.cursor, "day": now.date(), "kept": kept},
        )


def _within_share(lines: Sequence[LogLine], kept: int) -> tuple[list[LogLine], int]:
    """The lines that the day's share has room for, and what is kept with them; where it ends, a line says so."""
    taken: list[LogLine] = []
    for line in lines:
        if kept > MOST_A_DAY:
            break
        kept += len(line.text.encode())
        full = kept > MOST_A_DAY
        taken.append(LogLine(line.at, Severity.WARNING, "… more was written today than is kept") if full else line)
    return taken, kept


def _insert(instance: UUID, organization: UUID, lines: Sequence[LogLine], oldest: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            [
                instance,
                organization,
                [line.at for line in lines],
                [str(line.severity) for line in lines],
                [line.text for line in lines],
                oldest,
            ],
        )


def _ask_statements(engine: Engine, target: Target) -> None:
    assert target.blueprint.observer is not None, "only such targets are shipped"
    guest = MachineGuest(engine, target.machine)
    found = target.blueprint.observer.statements(guest, target.wanted, STATEMENTS)
    if found is None:
        return
    with acting(WORKER):
        SlowStatements.objects.update_or_create(
            instance_id=target.instance,
            defaults={
                "organization_id": target.organization,
                "at": clock.now(),
                "statements": [vars(each) for each in found],
            },
        )


def roll(back: int = KEPT_DAYS) -> None:
    """Have partitions for the days that are kept and the next ones, and drop those that are too old."""
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute("select souk_roll_days('monitoring_logline', %s, %s)", [KEPT_DAYS, back])


def forget(instance: UUID) -> None:
    """Delete all that was kept of an erased instance's log and queries."""
    with connection.cursor() as cursor:
        cursor.execute("delete from monitoring_logline where instance_id = %s", [instance])
    LogPosition.objects.filter(instance_id=instance).delete()
    SlowStatements.objects.filter(instance_id=instance).delete()
