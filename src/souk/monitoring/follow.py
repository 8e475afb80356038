"""What provisioning says of a service's life, as watches and incidents: when it should run, and when it did not."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from souk.kernel import events
from souk.kernel.events import EventRow
from souk.monitoring import incidents, updates
from souk.monitoring.alerts import noticing
from souk.monitoring.logs import shipping
from souk.monitoring.models import IncidentCause, LastLook

SUBSCRIBER = "monitoring"

_NEED_NOT_RUN = frozenset(
    {
        "service.stop_requested",
        "service.suspend_requested",
        "service.delete_requested",
        "service.stopped",
        "service.suspended",
        "service.deleted",
    }
)


def follow() -> int:
    """Take in what happened to service instances since the last time; return how many events were read."""
    return events.consume(SUBSCRIBER, _handle)


def _handle(event: EventRow) -> None:
    if event.subject_kind != "service" or event.organization_id is None:
        return
    at = datetime.fromisoformat(str(event.data.get("at", event.at.isoformat())))
    instance = event.subject_id
    match event.action:
        case "service.ready":
            _watch(event, at)
            incidents.close_incident(instance, "answered", at)
        case action if action in _NEED_NOT_RUN:
            incidents.close_incident(instance, "no_longer_wanted", at)
            _watch_no_more(event, at)
            if action == "service.deleted":
                shipping.forget(instance)
                updates.forget(instance)
        case "service.machine_ended":
            if not incidents.open_incident(instance, IncidentCause.MACHINE_ENDED, at):
                incidents.add(instance, "machine_ended", at)
        case "service.machine_started":
            incidents.open_incident(instance, IncidentCause.MACHINE_ENDED, at)
            incidents.add(instance, "machine_started", at)
        case "service.answered":
            if event.data.get("configured"):
                incidents.add(instance, "configured", at)
            incidents.close_incident(instance, "answered", at)
        case "service.grown" if event.data.get("automatic"):
            noticing.grown(event, at)
        case "operation.failed" if event.data["kind"] == "prove":
            incidents.note_incident(instance, IncidentCause.PROOF_FAILED, at, str(event.data.get("why", "")))
        case "service.forgotten":
            noticing.forgotten(event, at)
        case "service.failed":
            if not incidents.open_incident(instance, IncidentCause.LOST, at):
                incidents.add(instance, "lost", at)
            LastLook.objects.filter(instance_id=instance).delete()


def _watch(event: EventRow, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into monitoring_watch (id, organization_id, instance_id, during)"
            " select gen_random_uuid(), %s, %s, tstzrange(greatest(%s, max(upper(during))), null)"
            " from monitoring_watch where instance_id = %s having not coalesce(bool_or(upper_inf(during)), false)",
            [event.organization_id, event.subject_id, at, event.subject_id],
        )


def _watch_no_more(event: EventRow, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update monitoring_watch set during = tstzrange(lower(during), greatest(lower(during), %s))"
            " where instance_id = %s and upper_inf(during)",
            [at, event.subject_id],
        )
    LastLook.objects.filter(instance_id=event.subject_id).delete()
