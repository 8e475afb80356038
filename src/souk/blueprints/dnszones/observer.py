"""What a name server tells of itself: what it was asked, and how it answered."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from souk.blueprints import journals
from souk.blueprints.dnszones import naming, probing
from souk.blueprints.supervision import Supervised
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
    Metric("zones", _GAUGE, "", "Zones that are served"),
    Metric("queries", _COUNTER, "", "Questions"),
    Metric("queries_tcp", _COUNTER, "", "Questions over TCP"),
    Metric("answers_nxdomain", _COUNTER, "", "Answers that a name does not exist"),
    Metric("answers_refused", _COUNTER, "", "Questions that were refused, such as those for other zones"),
    Metric("answers_failed", _COUNTER, "", "Questions that the server failed to answer"),
    Metric("rate_dropped", _COUNTER, "", "Answers withheld because somebody asked too often"),
    Metric("rate_slipped", _COUNTER, "", "Answers cut short because somebody asked too often"),
    Metric("transfers", _COUNTER, "", "Zones transferred to other name servers"),
)
_COUNTERS = (
    ("mod-stats.request-protocol[udp4]", "mod-stats.request-protocol[tcp4]"),
    ("mod-stats.request-protocol[tcp4]",),
    ("mod-stats.response-code[NXDOMAIN]",),
    ("mod-stats.response-code[REFUSED]",),
    ("mod-stats.response-code[SERVFAIL]",),
    ("mod-rrl.dropped",),
    ("mod-rrl.slipped",),
    ("mod-stats.server-operation[axfr]", "mod-stats.server-operation[ixfr]"),
)
_ANSWER_WITHIN = 3.0
"""Seconds."""

_LOGGED = ("--unit=souk-dns.service", "--output-fields=MESSAGE,PRIORITY")


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


PANELS = (
    Panel(
        "queries",
        _("Questions a second"),
        "",
        (Curve(_("Questions"), "queries"), Curve(_("Over TCP"), "queries_tcp")),
    ),
    Panel(
        "answers",
        _("Answers a second"),
        "",
        (
            Curve(_("No such name"), "answers_nxdomain"),
            Curve(_("Refused"), "answers_refused"),
            Curve(_("Failed"), "answers_failed"),
        ),
    ),
    Panel(
        "limited",
        _("Asked too often, a second"),
        "",
        (Curve(_("Withheld"), "rate_dropped"), Curve(_("Cut short"), "rate_slipped")),
    ),
)


class Counting(Supervised):
    """Whether it answers as a resolver asks, and what it counted."""

    unit = "souk-dns.service"
    metrics = METRICS
    panels = PANELS

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Ask the server itself, and then who counts beside it: health does not depend on that."""
        health = probing.probe(wanted, credentials)
        if not health.ok:
            return Look(health)
        try:
            with httpx.Client(
                verify=ssl.create_default_context(cadata=authority), timeout=_ANSWER_WITHIN, trust_env=False
            ) as client:
                answer = client.get(
                    f"https://{wanted.address}:{probing.STATUS_PORT}/",
                    auth=(credentials.username, naming.secret(credentials.password)),
                    headers={"host": wanted.hostname},
                    extensions={"sni_hostname": wanted.hostname},
                )
            told = answer.json() if answer.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, ssl.SSLError, ValueError):
            told = None
        return Look(Health(ok=True), _values(told) if isinstance(told, dict) else ())

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart:
        """What the server wrote.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return journals.read(guest, _LOGGED, after, most, _describe)


def _values(told: Mapping[str, Any]) -> list[float | None]:
    counted = [float(sum(int(told.get(name) or 0) for name in names)) for names in _COUNTERS]
    return [float(told.get("zones") or 0), *counted]


def _describe(entry: Mapping[str, Any], text: str) -> tuple[Severity, str]:
    return journals.gravity(entry), text
