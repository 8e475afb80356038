"""Operations of the API: monitoring. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Download, Transport, path


class Monitoring(Transport):
    """Monitoring."""

    def get_metrics(self, service: str, *, since: str | None = None, until: str | None = None) -> models.MetricsOut:
        """What a service did in a period, by default the last hour, in at most 201 steps."""
        found: models.MetricsOut = self._call(
            "GET", path("services", service, "metrics"), query={"since": since, "until": until}
        )
        return found

    def get_health(self, service: str, *, since: str | None = None, until: str | None = None) -> models.HealthOut:
        """Whether a service answers, and how much of a period it did, by default the last 30 days."""
        found: models.HealthOut = self._call(
            "GET", path("services", service, "health"), query={"since": since, "until": until}
        )
        return found

    def scrape_project(self, project: str) -> Download:
        """The last look at each of a project's services, in Prometheus' text format. A token that may read is
        enough."""
        return self._file(path("projects", project, "metrics"))
