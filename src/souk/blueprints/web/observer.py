"""What a web server tells of itself: how requests went and what the site takes up; and its log, as people read it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from souk.blueprints import journals, panels
from souk.blueprints.supervision import Supervised
from souk.blueprints.web import probing
from souk.provisioning.contract import (
    Credentials,
    Curve,
    Guest,
    Health,
    LogPart,
    Look,
    Metric,
    Panel,
    Reading,
    Severity,
    Wanted,
)

_GAUGE, _COUNTER = Reading.GAUGE, Reading.COUNTER
METRICS = (
    Metric("requests", _COUNTER, "", "Requests"),
    Metric("requests_refused", _COUNTER, "", "Requests that were answered with a status of 400 to 499"),
    Metric("requests_failed", _COUNTER, "", "Requests that were answered with a status of 500 and more"),
    Metric("sent_bytes", _COUNTER, "bytes", "Sent to visitors"),
    Metric("received_bytes", _COUNTER, "bytes", "Received from visitors"),
    Metric(
        "slow_seconds", _GAUGE, "seconds", "Time within which 95 of 100 of the last thousand requests were answered"
    ),
    Metric("site_bytes", _GAUGE, "bytes", "Disk that the site's files take up"),
)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


PANELS = (
    panels.REQUESTS,
    Panel("latency", _("Time for a page"), "s", (Curve(_("95 of 100 within"), "slow_seconds"),)),
    panels.TRANSFER,
    Panel("files", _("Files of the site"), "bytes", (Curve(_("Used"), "site_bytes"),)),
)

_LOGGED = (
    "--unit=souk-web.service",
    "--unit=souk-php.service",
    "--output-fields=MESSAGE,PRIORITY",
)


class Watching(Supervised):
    """One connection: whether PHP answers, if it is to, and what was counted."""

    unit = "souk-web.service"
    metrics = METRICS
    panels = PANELS

    def __init__(self, runs_php: probing.RunsPhp) -> None:
        self._runs_php = runs_php

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Ask as `probe` does, then for what was counted."""
        try:
            with probing.connect(authority) as client:
                if self._runs_php(wanted):
                    health = probing.health(probing.ask(client, wanted, credentials, probing.PING))
                    if not health.ok:
                        return Look(health)
                answer = probing.ask(client, wanted, credentials, probing.STATUS)
                if not (health := probing.health(answer)).ok:
                    return Look(health)
                return Look(health, values(answer.json()))
        except (httpx.HTTPError, ssl.SSLError, ValueError, KeyError) as error:
            return Look(Health(ok=False, detail=str(error)[:200] or type(error).__name__))

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart:
        """The requests, and what the server and the site's programs complained of.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return journals.read(guest, _LOGGED, after, most, lambda entry, text: (severity(entry, text), text))


def values(told: Mapping[str, Any]) -> list[float | None]:
    """What the server counted, in the order of the metrics."""
    names = ("requests", "refused", "failed", "sent", "received", "slow", "stored")
    return [None if told[name] is None else float(told[name]) for name in names]


def severity(entry: Mapping[str, Any], text: str) -> Severity:
    """A request's line begins with its status; what else there is has the gravity that it was written with."""
    return journals.answered(text) or journals.gravity(entry)
