"""A round: every service that should answer is looked at, what it tells is kept, and what fails becomes an incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import structlog
from django.db import connection

from souk.engines.contract import Engine, EngineError, Usage
from souk.kernel import clock
from souk.kernel.scope import acting
from souk.monitoring import incidents, samples
from souk.monitoring.looking import Seen, look_at
from souk.monitoring.models import Incident, IncidentCause, LastLook
from souk.monitoring.samples import Sample
from souk.monitoring.vocabulary import OF_MACHINES, arranged
from souk.provisioning.contract import ConfigurationFailed, Interruption
from souk.provisioning.reconciler import lease
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.targets import targets

log = structlog.get_logger("souk.monitoring")

_REMEMBER = """
insert into monitoring_lastlook (instance_id, organization_id, at, answered, detail, vals, running_since)
select instance, organization, at, answered, detail, vals::float8[], since
from unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::bool[], %s::text[], %s::text[], %s::timestamptz[])
    as row (instance, organization, at, answered, detail, vals, since)
on conflict (instance_id) do update set at = excluded.at, answered = excluded.answered, detail = excluded.detail,
    vals = excluded.vals, running_since = coalesce(excluded.running_since, monitoring_lastlook.running_since)
where monitoring_lastlook.at < excluded.at
"""


def take_round(engine: Engine) -> int:
    """Look at every service once, and keep what was seen; return how many were looked at. What does not answer is
    visited by the reconciler at once.
    """
    at = clock.now()
    looks = look_at(targets())
    interruptions = _interruptions(engine, looks)
    usages = _usages(engine)
    with acting(samples.WORKER):
        _remember(looks, usages)
        for seen, found in interruptions:
            _interrupted(seen, found)
        failing = _judge(looks)
    if failing:
        lease.wake(failing)
    samples.write([_sample(seen, usages) for seen in looks], at)
    return len(looks)


def _usages(engine: Engine) -> Mapping[str, Usage]:
    try:
        return {usage.name: usage for usage in engine.usage()}
    except EngineError as error:
        log.warning("engine does not answer", error=str(error)[:200])
        return {}


def _values(seen: Seen, usages: Mapping[str, Usage]) -> list[float | None]:
    """What the engine counts of the machine that leads, what the one sent that clients reach, then what it tells."""
    usage, face = usages.get(seen.target.machine), usages.get(seen.target.face)
    sent = None if face is None else face.egress
    if usage is None:
        return arranged([None] * len(OF_MACHINES), seen.look.values, [])
    counted = [usage.cpu_seconds, usage.memory, usage.disk, sent]
    return arranged(counted, seen.look.values, [usage.processes, usage.received])


def _sample(seen: Seen, usages: Mapping[str, Usage]) -> Sample:
    return Sample(seen.target.instance, seen.target.organization, _values(seen, usages))


def _remember(looks: Sequence[Seen], usages: Mapping[str, Usage]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _REMEMBER,
            [
                [seen.target.instance for seen in looks],
                [seen.target.organization for seen in looks],
                [seen.at for seen in looks],
                [seen.look.health.ok for seen in looks],
                [seen.look.health.detail[:200] for seen in looks],
                [samples.literal(_values(seen, usages)) for seen in looks],
                [seen.look.running_since for seen in looks],
            ],
        )


def _judge(looks: Sequence[Seen]) -> list[UUID]:
    """Open and close incidents by what was seen; return the instances that do not answer."""
    unwell = set(Incident.objects.filter(during__upper_inf=True).values_list("instance_id", flat=True))
    failing = []
    for seen in looks:
        if not seen.look.health.ok:
            incidents.open_incident(seen.target.instance, IncidentCause.NO_ANSWER, seen.at, seen.look.health.detail)
            failing.append(seen.target.instance)
        elif seen.target.instance in unwell:
            incidents.close_incident(seen.target.instance, "answered", seen.at)
    return failing


def _interruptions(engine: Engine, looks: Sequence[Seen]) -> list[tuple[Seen, Interruption]]:
    """Processes that were started anew since they were last looked at, though nobody asked for that."""
    with acting(samples.WORKER):
        before = dict(LastLook.objects.values_list("instance_id", "running_since"))
    found = []
    for seen in looks:
        known, observer = before.get(seen.target.instance), seen.target.blueprint.observer
        if observer is None or known is None or seen.look.running_since in (None, known):
            continue
        try:
            interruption = observer.interruption(MachineGuest(engine, seen.target.machine), seen.target.wanted)
        except (ConfigurationFailed, EngineError) as error:
            log.warning("interruption unknown", instance=str(seen.target.instance), error=str(error)[:200])
            continue
        if interruption is not None:
            found.append((seen, interruption))
    return found


def _interrupted(seen: Seen, found: Interruption) -> None:
    """An outage that was over before anybody looked, or whose end nobody saw."""
    instance = seen.target.instance
    incidents.open_incident(instance, IncidentCause.PROCESS_ENDED, found.since)
    incidents.add(instance, "process_started", found.until)
    incidents.close_incident(instance, "answered", found.until)
