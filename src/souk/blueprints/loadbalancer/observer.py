"""What a load balancer tells of itself: what was asked for and how it was answered, who is well; and its log."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from souk.blueprints import journals, panels
from souk.blueprints.loadbalancer import naming, probing
from souk.blueprints.loadbalancer.probing import Row, number
from souk.blueprints.supervision import Supervised
from souk.provisioning.contract import (
    ConfigurationFailed,
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

UNIT = "souk-balancer.service"
_GAUGE, _COUNTER = Reading.GAUGE, Reading.COUNTER
METRICS = (
    Metric("requests", _COUNTER, "", "Requests"),
    Metric("requests_refused", _COUNTER, "", "Requests that were answered with a status of 400 to 499"),
    Metric("requests_failed", _COUNTER, "", "Requests that were answered with a status of 500 and more"),
    Metric("sent_bytes", _COUNTER, "bytes", "Sent to clients"),
    Metric("received_bytes", _COUNTER, "bytes", "Received from clients"),
    Metric("sessions", _COUNTER, "", "Connections of clients"),
    Metric("connected", _GAUGE, "", "Clients that are connected"),
    Metric("members_up", _GAUGE, "", "Members of pools that are well"),
    Metric("members_down", _GAUGE, "", "Members of pools that are not well"),
    Metric("answer_seconds", _GAUGE, "seconds", "Mean time of the last 1024 requests, of the pool where it is longest"),
)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


PANELS = (
    panels.REQUESTS,
    Panel("latency", _("Time for an answer"), "s", (Curve(_("Mean of the slowest pool"), "answer_seconds"),)),
    Panel("members", _("Members"), "", (Curve(_("Well"), "members_up"), Curve(_("Not well"), "members_down"))),
    Panel("clients", _("Connected clients"), "", (Curve(_("Clients"), "connected"),)),
    panels.TRANSFER,
)

# HAProxy also tells its own process what it does.
_LOGGED = (f"--unit={UNIT}", "_TRANSPORT=syslog", "--output-fields=MESSAGE,PRIORITY")
_DOWN = re.compile(r"Server .* is DOWN|has no server available|Health check .* failed")


class Watching(Supervised):
    """What HAProxy counted, asked for as its customer may ask."""

    unit = UNIT
    metrics = METRICS
    panels = PANELS

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Sign in, and read what was counted."""
        try:
            return Look(Health(ok=True), values(probing.statistics(wanted, credentials, authority)))
        except ConfigurationFailed as error:
            return Look(Health(ok=False, detail=str(error)[:200]))

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart:
        """The requests, without what follows a path, and what became of members.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return journals.read(guest, _LOGGED, after, most, lambda entry, text: (severity(entry, text), text))


def values(rows: Sequence[Row]) -> list[float | None]:
    """What was counted, in the order of the metrics."""
    fronts = [row for row in rows if row.get("svname") == "FRONTEND"]
    listeners = [row for row in fronts if naming.is_listener(row.get("pxname") or "")]
    pools = [row for row in rows if naming.pool_of(row.get("pxname") or "")]
    servers = [row for row in pools if row.get("svname") not in ("FRONTEND", "BACKEND")]
    times = [number(row, "ttime") / 1000 for row in pools if row.get("svname") == "BACKEND" and number(row, "req_tot")]

    def total(column: str) -> float:
        return float(sum(number(row, column) for row in listeners))

    return [
        total("req_tot"),
        total("hrsp_4xx"),
        total("hrsp_5xx"),
        total("bout"),
        total("bin"),
        total("stot"),
        total("scur"),
        float(sum((row.get("status") or "").startswith(("UP", "DRAIN", "NOLB", "no check")) for row in servers)),
        float(sum((row.get("status") or "").startswith("DOWN") for row in servers)),
        max(times) if times else None,
    ]


def severity(entry: Mapping[str, Any], text: str) -> Severity:
    """A request's line begins with its status; that a member is not well is told in HAProxy's words."""
    del entry
    return journals.answered(text) or (Severity.ERROR if _DOWN.search(text) else Severity.INFO)
