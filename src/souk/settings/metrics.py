"""What Souk counts of itself and of the platform, for Prometheus."""

from __future__ import annotations

from django.db import connection
from prometheus_client import Gauge, Histogram

from souk.kernel.scope import System, acting

REQUESTS = Histogram(
    "souk_request_seconds",
    "Time to answer a request, in seconds, in this process",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
INSTANCES = Gauge("souk_service_instances", "Service instances that are not deleted", ["state"])
DUE = Gauge("souk_convergence_due", "Work items that are due and unclaimed")
DUE_SECONDS = Gauge("souk_convergence_due_seconds", "How long the oldest of them has been due, in seconds")
UNSEALED = Gauge("souk_events_unsealed", "Events that no seal covers yet")
INCIDENTS = Gauge("souk_incidents_open", "Services that should answer and do not")
LOOK_SECONDS = Gauge("souk_look_age_seconds", "How long ago services were last looked at, in seconds")
PROMISED = Gauge("souk_capacity_promised_ratio", "Share of a site's capacity that is promised", ["site", "resource"])


def observe_platform() -> None:
    """Read the platform's state into the gauges."""
    with acting(System("metrics")), connection.cursor() as cursor:
        INSTANCES.clear()
        cursor.execute(
            "select state, count(*) from provisioning_serviceinstance where deleted_at is null group by state"
        )
        for state, count in cursor.fetchall():
            INSTANCES.labels(state).set(count)
        cursor.execute(
            "select count(*), coalesce(extract(epoch from now() - min(next_at)), 0) from provisioning_convergence"
            " where next_at <= now() and (lease_until is null or lease_until < now())"
        )
        due, seconds = cursor.fetchone()
        DUE.set(due)
        DUE_SECONDS.set(float(seconds))
        cursor.execute(
            "select count(*) from kernel_event e left join (select until_transaction, until_id from kernel_seal"
            " order by number desc limit 1) s on true"
            " where s.until_id is null or (e.recorded_by, e.id) > (s.until_transaction, s.until_id)"
        )
        UNSEALED.set(cursor.fetchone()[0])
        cursor.execute(
            "select (select count(*) from monitoring_incident where upper_inf(during)),"
            " (select coalesce(extract(epoch from now() - max(at)), 0) from monitoring_lastlook)"
        )
        incidents, age = cursor.fetchone()
        INCIDENTS.set(incidents)
        LOOK_SECONDS.set(float(age))
        cursor.execute(
            "select s.code, r.resource, r.promised::float / nullif(r.limit_, 0) from sites_capacity c"
            " join sites_site s on s.id = c.site_id cross join lateral (values ('vcpus', c.vcpus, c.vcpu_limit),"
            " ('memory', c.memory, c.memory_limit), ('disk', c.disk, c.disk_limit)) r (resource, promised, limit_)"
        )
        for site, resource, ratio in cursor.fetchall():
            PROMISED.labels(site, resource).set(ratio or 0)
