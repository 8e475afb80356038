"""From metered use to rated lines, for one subscription up to an instant."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.db.models import Sum

from souk.billing.charging import (
    GIBIBYTE,
    GIBIBYTE_HOUR,
    HOUR,
    ONE,
    Charge,
    Rated,
    RunningTime,
    graduated_charges,
    running_charge,
)
from souk.billing.models import RatedLine
from souk.billing.months import Month, months
from souk.catalog.pricing import EXTRA_DISK, PUBLIC_ADDRESS, STORED, FrozenPrice
from souk.kernel.money import Money
from souk.kernel.scope import Scope
from souk.metering import queries as metering
from souk.ordering.queries import SubscriptionRow
from souk.provisioning.queries import service

_GIBIBYTE = Decimal(1024**3)
_COUNTED_HERE = frozenset({"egress", "stopped_disk", EXTRA_DISK, PUBLIC_ADDRESS})
"""Meters that the platform counts itself; the others are reported by whoever produces the service."""


def rate(scope: Scope, subscription: SubscriptionRow, until: datetime, zone: str) -> list[RatedLine]:
    """Rate what was used and not yet rated until `until`; the lines are saved and returned.

    Months are those of the fiscal `zone`. Nothing is rated of a service that was never ready.
    """
    if subscription.started_at is None or until <= subscription.started_at:
        return []
    lines: list[RatedLine] = []
    for month in months(subscription.started_at, until, zone):
        end = min(until, month.until)
        already = _rated(subscription, month)
        for charge in _charges(scope, subscription, month, end, already):
            lines.append(_save(subscription, month, end, charge))
    return lines


def unrated(scope: Scope, subscription: SubscriptionRow, until: datetime, zone: str) -> Money:
    """What has been used since the last rating, without saving anything: the cost so far."""
    price = FrozenPrice.from_json(subscription.price)
    result = Money.zero(price.currency)
    if subscription.started_at is None or until <= subscription.started_at:
        return result
    for month in months(subscription.started_at, until, zone):
        already = _rated(subscription, month)
        for charge in _charges(scope, subscription, month, min(until, month.until), already):
            result = result + charge.amount
    return result


def _charges(
    scope: Scope, subscription: SubscriptionRow, month: Month, end: datetime, already: dict[str, Rated]
) -> list[Charge]:
    price = FrozenPrice.from_json(subscription.price)
    instance = subscription.instance_id
    started = cast(datetime, subscription.started_at)
    zero = Rated(Decimal(0), Money.zero(price.currency))
    hours, rest = already.get("running", zero), already.get("running.rest", zero)
    before = metering.seconds(scope, instance, "running", started, max(month.since, started))
    until_now = metering.seconds(scope, instance, "running", started, end)
    time = RunningTime(Decimal(before), Decimal(until_now), Decimal((month.until - month.since).total_seconds()))
    charges = []
    running = running_charge(price, time, Rated(hours.quantity, hours.amount + rest.amount))
    if running is not None:
        charges.append(running)
    since = max(month.since, started)
    if "egress" in price.tiers:
        sent = Decimal(metering.egress(scope, instance, since, end)) / _GIBIBYTE
        charges += graduated_charges(price, "egress", GIBIBYTE, sent, already)
    if "stopped_disk" in price.tiers:
        stopped = Decimal(metering.seconds(scope, instance, "stopped", since, end)) / 3600
        if stopped:
            held = Decimal(subscription.disk or _plans_disk(scope, instance)) / _GIBIBYTE
            charges += graduated_charges(price, "stopped_disk", GIBIBYTE_HOUR, stopped * held, already)
    for meter in sorted(price.tiers.keys() - _COUNTED_HERE):
        units = metering.reported(scope, instance, meter, since, end)
        charges += graduated_charges(price, meter, ONE, units, already)
    if EXTRA_DISK in price.tiers:
        beyond = metering.extra_disk(scope, instance, since, end) / _GIBIBYTE / 3600
        charges += graduated_charges(price, EXTRA_DISK, GIBIBYTE_HOUR, beyond, already)
    if PUBLIC_ADDRESS in price.tiers:
        held = metering.addresses(scope, instance, since, end) / 3600
        charges += graduated_charges(price, PUBLIC_ADDRESS, HOUR, held, already)
    if STORED in price.tiers:
        kept = metering.stored(scope, instance, since, end) / _GIBIBYTE / 3600
        charges += graduated_charges(price, STORED, GIBIBYTE_HOUR, kept, already)
    return charges


def _plans_disk(scope: Scope, instance: UUID) -> int:
    row = service(scope, instance)
    return row.disk - row.extra_disk


def _rated(subscription: SubscriptionRow, month: Month) -> dict[str, Rated]:
    rows = (
        RatedLine.objects.filter(subscription_id=subscription.id, month=month.first)
        .values("meter", "currency", "unit")
        .annotate(amount=Sum("amount_minor"), units=Sum("quantity"))
    )
    rated: dict[str, Rated] = {}
    for row in rows:
        # A month charged as a whole has used up its hours: they are never compared again.
        rated[row["meter"]] = Rated(row["units"], Money(row["amount"], row["currency"]))
    return rated


def _save(subscription: SubscriptionRow, month: Month, end: datetime, charge: Charge) -> RatedLine:
    last = (
        RatedLine.objects.filter(subscription_id=subscription.id, month=month.first, meter=charge.meter)
        .order_by("-until")
        .values_list("until", flat=True)
        .first()
    )
    return RatedLine.objects.create(
        organization_id=subscription.organization_id,
        subscription_id=subscription.id,
        meter=charge.meter,
        month=month.first,
        since=last or max(month.since, cast(datetime, subscription.started_at)),
        until=end,
        quantity=charge.quantity,
        unit=charge.unit,
        unit_price=charge.unit_price,
        amount_minor=charge.amount.minor,
        currency=charge.amount.currency,
        explanation={"why": charge.why, "book": subscription.price.get("book", "")},
    )
