"""The rules, and how an alert goes from one state to the next: pure, so that every path can be tested."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from souk.monitoring.models import AlertState


@dataclass(frozen=True)
class Rule:
    """When a value is too high, or too low if it `sinks`. It must be so for `patience` before anybody is told.

    `most` is the highest threshold that makes sense, `unit` what it is in: %, s, h, d, or nothing: times.
    """

    key: str
    threshold: float
    unit: str
    patience: timedelta
    most: float
    sinks: bool = False

    def broken(self, value: float, threshold: float) -> bool:
        """Whether a value breaks the rule."""
        return value < threshold if self.sinks else value >= threshold

    def clear(self, value: float, threshold: float) -> bool:
        """Whether a value is clearly well again: a twentieth away from the threshold, so that none flaps about it."""
        return value > threshold * 1.05 if self.sinks else value < threshold * 0.95


_MINUTE = timedelta(minutes=1)
CLEAR_FOR = 2 * _MINUTE
"""How long a value must be clearly well before its alert is resolved."""

RULES = {
    rule.key: rule
    for rule in (
        Rule("no_answer", 60, "s", timedelta(0), 86_400),
        Rule("disk", 85, "%", 3 * _MINUTE, 100),
        Rule("disk_ceiling", 85, "%", timedelta(0), 100),
        Rule("disk_no_room", 85, "%", timedelta(0), 100),
        Rule("read_only", 1, "s", timedelta(0), 86_400),
        Rule("connections", 90, "%", 3 * _MINUTE, 100),
        Rule("replication_lag", 60, "s", 3 * _MINUTE, 86_400),
        Rule("backup_age", 26, "h", timedelta(0), 24 * 31),
        Rule("proofs", 1, "", timedelta(0), 10),
        Rule("security_updates", 7, "d", timedelta(0), 365),
        Rule("certificate", 14, "d", timedelta(0), 365, sinks=True),
        Rule("name_certificate", 30, "d", timedelta(0), 365, sinks=True),
        Rule("name_certificate_soon", 7, "d", timedelta(0), 365, sinks=True),
        Rule("name_strayed", 1, "h", timedelta(0), 24 * 31),
        Rule("members_down", 1, "%", _MINUTE, 100),
    )
}


NOTICES = {"disk_grown": "GiB"}
"""What is told once and has no threshold, with the unit of its value."""


def unit(key: str) -> str:
    """What a rule's or notice's value is in."""
    return NOTICES.get(key) or RULES[key].unit


@dataclass(frozen=True)
class Standing:
    """Where an alert stands; see `souk.monitoring.models.Alert`."""

    state: AlertState
    value: float
    since: datetime
    clear_since: datetime | None = None


def step(rule: Rule, threshold: float, standing: Standing | None, value: float, now: datetime) -> Standing | None:
    """The next standing after a value was seen; None: there is nothing to tell, and nothing to keep."""
    broken = rule.broken(value, threshold)
    if standing is None:
        if not broken:
            return None
        standing = Standing(AlertState.PENDING, value, now)
    seen = replace(standing, value=value)
    if seen.state == AlertState.PENDING:
        if not broken:
            return None
        return replace(seen, state=AlertState.FIRING) if now - seen.since >= rule.patience else seen
    if not rule.clear(value, threshold):
        return replace(seen, clear_since=None)
    clear_since = seen.clear_since or now
    over = now - clear_since >= CLEAR_FOR
    return replace(seen, clear_since=clear_since, state=AlertState.RESOLVED if over else seen.state)
