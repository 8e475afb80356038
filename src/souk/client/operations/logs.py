"""Operations of the API: logs. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from typing import Literal

from souk.client import models
from souk.client.transport import Download, Transport, path


class Logs(Transport):
    """Logs."""

    def get_logs(
        self,
        service: str,
        *,
        since: str | None = None,
        until: str | None = None,
        text: str | None = None,
        errors: bool | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> list[models.LogRow]:
        """The newest lines of a service's log, oldest first; or, to follow it, those that came `after` a line's id."""
        found: list[models.LogRow] = self._call(
            "GET",
            path("services", service, "logs"),
            query={"since": since, "until": until, "text": text, "errors": errors, "after": after, "limit": limit},
        )
        return found

    def export_logs(
        self,
        service: str,
        *,
        since: str | None = None,
        until: str | None = None,
        text: str | None = None,
        errors: bool | None = None,
        format: Literal["text", "ndjson"] | None = None,
    ) -> Download:
        """The newest 50,000 lines of a service's log that are wanted, as a file."""
        return self._file(
            path("services", service, "logs", "export"),
            {"since": since, "until": until, "text": text, "errors": errors, "format": format},
        )

    def get_updates(self, service: str) -> models.UpdatesRow:
        """Which of Debian's updates wait in a machine, asked for every three hours."""
        found: models.UpdatesRow = self._call("GET", path("services", service, "updates"))
        return found

    def get_slow_statements(self, service: str) -> models.StatementsRow:
        """The kinds of query that took longest in all, constants taken out, asked for every five minutes."""
        found: models.StatementsRow = self._call("GET", path("services", service, "statements"))
        return found
