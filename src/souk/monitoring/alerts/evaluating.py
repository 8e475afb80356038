"""Judging every service by its rules, after each round: alerts begin, fire and are resolved, and are told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from souk.kernel import clock, events
from souk.kernel.scope import acting
from souk.monitoring.alerts import delivering
from souk.monitoring.alerts.facts import Facts, facts
from souk.monitoring.alerts.rules import RULES, Rule, Standing, step
from souk.monitoring.models import Alert, AlertRule, AlertState
from souk.monitoring.samples import WORKER

_OPEN = (AlertState.PENDING, AlertState.FIRING)
Key = tuple[UUID, str]


def judge() -> None:
    """Bring every alert up to now, in one transaction. A value that can't be told changes nothing; a service that need
    not run any more, or a rule that was switched off, has no alert.
    """
    now = clock.now()
    with acting(WORKER):
        open_ones = {
            (row.instance_id, row.rule): row for row in Alert.objects.select_for_update().filter(state__in=_OPEN)
        }
        changed = {(row.instance_id, row.rule): row for row in AlertRule.objects.all()}
        everything = facts(now)
        for each in everything:
            for key, value in each.values.items():
                own = changed.get((each.instance, key))
                if own is None or own.enabled:
                    threshold = own.threshold if own else RULES[key].threshold
                    _judge(each, RULES[key], threshold, value, open_ones.get((each.instance, key)), now)
        _forget(open_ones, {each.instance for each in everything}, changed, now)


def _judge(of: Facts, rule: Rule, threshold: float, value: float, alert: Alert | None, now: datetime) -> None:
    former = None if alert is None else Standing(AlertState(alert.state), alert.value, alert.since, alert.clear_since)
    latter = step(rule, threshold, former, value, now)
    if latter is None:
        if alert is not None:
            alert.delete()
        return
    if alert is None:
        alert = Alert(organization_id=of.organization, instance_id=of.instance, rule=rule.key)
    alert.state, alert.value, alert.threshold = latter.state, latter.value, threshold
    alert.since, alert.clear_since = latter.since, latter.clear_since
    fires = latter.state == AlertState.FIRING and alert.fired_at is None
    ends = latter.state == AlertState.RESOLVED
    alert.fired_at = now if fires else alert.fired_at
    alert.resolved_at = now if ends else None
    alert.save()
    if fires or ends:
        _tell(alert, of.name)


def _tell(alert: Alert, name: str) -> None:
    events.record(
        f"alert.{alert.state}",
        ("alert", alert.id),
        organization=alert.organization_id,
        data={
            "service": str(alert.instance_id),
            "rule": alert.rule,
            "value": alert.value,
            "threshold": alert.threshold,
        },
    )
    delivering.announce(alert, name)


def _forget(open_ones: dict[Key, Alert], watched: set[UUID], changed: dict[Key, AlertRule], now: datetime) -> None:
    for key, alert in open_ones.items():
        own = changed.get(key)
        if alert.instance_id in watched and (own is None or own.enabled):
            continue
        if alert.state == AlertState.PENDING:
            alert.delete()
        else:
            alert.state, alert.resolved_at = AlertState.RESOLVED, now
            alert.save(update_fields=["state", "resolved_at"])
            events.record(
                "alert.resolved",
                ("alert", alert.id),
                organization=alert.organization_id,
                data={"service": str(alert.instance_id), "rule": alert.rule, "because": "no_longer_watched"},
            )
