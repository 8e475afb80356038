"""What is seen of services: metrics, incidents, availability."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from prometheus_client import CONTENT_TYPE_LATEST

from souk.doors.rest.auth import either
from souk.doors.rest.document import file
from souk.kernel import clock
from souk.monitoring import queries
from souk.monitoring.errors import PeriodTooLong
from souk.monitoring.exposition import exposition
from souk.monitoring.metrics import metrics
from souk.parties.queries import project as find_project
from souk.provisioning.queries import service as find_service

router = Router(tags=["Monitoring"])
LONGEST = timedelta(days=31)


class MetricOut(Schema):
    """A metric over time: of a gauge the highest value of each step, of a counter its growth in a second; null where
    nothing was seen.
    """

    key: str
    reading: str
    unit: str
    description: str
    values: list[float | None]


class MetricsOut(Schema):
    """A service's metrics: `values` belong to the `instants`, each the beginning of a step of `step_seconds`."""

    since: datetime
    until: datetime
    step_seconds: int
    instants: list[datetime]
    metrics: list[MetricOut]


class HealthOut(Schema):
    """Whether a service answered when it was last looked at (null: it is not looked at), how much of a period it was
    there for (null: it should not have run), and its incidents, newest first.
    """

    answers: bool | None
    seen_at: datetime | None
    since: datetime
    until: datetime
    wanted_seconds: float
    outage_seconds: float
    availability: float | None
    incidents: list[queries.IncidentRow]


@router.get("/services/{service}/metrics", response=MetricsOut, operation_id="getMetrics")
def service_metrics(
    request: HttpRequest, service: UUID, since: datetime | None = None, until: datetime | None = None
) -> MetricsOut:
    """What a service did in a period, by default the last hour, in at most 201 steps."""
    scope = either(request)
    row = find_service(scope, service)
    found = metrics(scope, service, row.blueprint, *_period(since, until, timedelta(hours=1)))
    return MetricsOut(
        since=found.since,
        until=found.until,
        step_seconds=int(found.step.total_seconds()),
        instants=found.instants,
        metrics=[
            MetricOut(
                key=each.metric.key,
                reading=each.metric.reading,
                unit=each.metric.unit,
                description=each.metric.description,
                values=each.values,
            )
            for each in found.rows
        ],
    )


@router.get("/services/{service}/health", response=HealthOut, operation_id="getHealth")
def service_health(
    request: HttpRequest, service: UUID, since: datetime | None = None, until: datetime | None = None
) -> HealthOut:
    """Whether a service answers, and how much of a period it did, by default the last 30 days."""
    scope = either(request)
    find_service(scope, service)
    now = queries.health(scope, service)
    found = queries.availability(scope, service, *_period(since, until, timedelta(days=30)))
    return HealthOut(
        answers=now.answers,
        seen_at=now.at,
        since=found.since,
        until=found.until,
        wanted_seconds=found.wanted_seconds,
        outage_seconds=found.outage_seconds,
        availability=found.ratio,
        incidents=queries.incidents(scope, service),
    )


@router.get("/projects/{project}/metrics", operation_id="scrapeProject", openapi_extra=file("text/plain"))
def project_metrics(request: HttpRequest, project: UUID) -> HttpResponse:
    """The last look at each of a project's services, in Prometheus' text format. A token that may read is enough."""
    scope = either(request)
    find_project(scope, project)
    response = HttpResponse(exposition(scope, project), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response


def _period(since: datetime | None, until: datetime | None, length: timedelta) -> tuple[datetime, datetime]:
    """The period that is meant.

    Raises:
        PeriodTooLong: it is longer than a month, or ends before it begins.
    """
    until = until or clock.now()
    since = since or until - length
    if not timedelta(0) < until - since <= LONGEST:
        raise PeriodTooLong
    return since, until
