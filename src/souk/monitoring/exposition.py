"""What a project's services tell, in the text format that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from souk.kernel.scope import Scope, acting
from souk.monitoring import vocabulary
from souk.provisioning import contract
from souk.provisioning.contract import Reading

_LAST = """
select i.id, i.name, i.blueprint, l.at, l.answered, l.vals from monitoring_lastlook l
join provisioning_serviceinstance i on i.id = l.instance_id
where i.project_id = %s order by i.id
"""
_LABELS = ("service", "name")


@dataclass(frozen=True)
class _Last:
    """What was last seen of a service."""

    id: UUID
    name: str
    blueprint: str
    at: datetime
    answered: bool
    values: Sequence[float | None]

    @property
    def labels(self) -> tuple[str, str]:
        return str(self.id), self.name


def exposition(scope: Scope, project: UUID) -> bytes:
    """The last look at each of a project's services that should run. What could not be read is left out."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_LAST, [project])
        found = [_Last(*row) for row in cursor.fetchall()]
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Services(found))
    return generate_latest(registry)


class _Services(Collector):
    """One family for each metric of a blueprint; those of machines are shared by all."""

    def __init__(self, found: Sequence[_Last]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("souk_service_up", "Whether it answered when last looked at", labels=_LABELS)
        seen = GaugeMetricFamily("souk_service_seen_seconds", "When it was last looked at (Unix time)", labels=_LABELS)
        for last in self._found:
            up.add_metric(last.labels, float(last.answered))
            seen.add_metric(last.labels, last.at.timestamp())
        yield from (up, seen)
        for place, metric in vocabulary.of_machines():
            yield _family("machine", metric, self._found, place)
        for kind in sorted({last.blueprint for last in self._found}):
            alike = [last for last in self._found if last.blueprint == kind]
            for place, metric in enumerate(vocabulary.told(kind), len(vocabulary.OF_MACHINES)):
                yield _family(kind, metric, alike, place)


def _family(prefix: str, metric: contract.Metric, found: Sequence[_Last], place: int) -> Metric:
    name = f"souk_{prefix}_{metric.key}"
    family = CounterMetricFamily if metric.reading == Reading.COUNTER else GaugeMetricFamily
    made: CounterMetricFamily | GaugeMetricFamily = family(name, metric.description, labels=_LABELS)
    for last in found:
        if place < len(last.values) and (value := last.values[place]) is not None:
            made.add_metric(last.labels, value)
    return made
