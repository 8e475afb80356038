"""What is recorded of a service or a binding at its broker, before and after each request."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from souk.brokers.calling import WORKER
from souk.brokers.models import BrokeredBinding, BrokeredService, Phase, SoldPlan
from souk.brokers.models.orders import Brokered
from souk.kernel import clock
from souk.kernel.ids import new_id
from souk.kernel.scope import acting
from souk.provisioning.contract import Claim, Commission, Consumer, Later

ATTEMPTS = 3
"""How often something is made anew, under another id, after what may be left of it has gone."""

FIRST_POLL, LONGEST_POLL = 2.0, 60.0
"""Seconds between two polls where the broker does not say: at first, and at last."""

SHORTEST_RETRY, LONGEST_RETRY = 1.0, 300.0

Row = TypeVar("Row", bound=Brokered)


@dataclass(frozen=True)
class Plan:
    """A plan that was sold, at its broker."""

    row: SoldPlan

    @property
    def ids(self) -> dict[str, str]:
        """What a broker calls it."""
        return {"service_id": self.row.service_key, "plan_id": self.row.plan_key}

    @property
    def patience(self) -> timedelta:
        """How long something may be under way."""
        return timedelta(seconds=self.row.body["maximum_polling_duration"])

    @property
    def maintenance(self) -> dict[str, dict[str, str]]:
        """The version of it that is known, if it has any."""
        version = self.row.body["maintenance"]
        return {"maintenance_info": {"version": version}} if version else {}


def plan(identifier: UUID) -> Plan:
    """A plan of the catalogue's that is a broker's."""
    with acting(WORKER):
        return Plan(SoldPlan.objects.get(plan_id=identifier))


def service(claim: Claim, commission: Commission) -> BrokeredService:
    """An instance at its broker, recorded now if it was not."""
    with acting(WORKER):
        found = BrokeredService.objects.filter(instance_id=commission.instance).first()
        if found is not None:
            return found
        claim.hold()
        return BrokeredService.objects.create(
            organization_id=commission.organization,
            broker_id=SoldPlan.objects.values_list("broker_id", flat=True).get(plan_id=commission.plan),
            key=new_id(),
            instance_id=commission.instance,
            plan_id=commission.plan,
            parameters=dict(commission.parameters),
            created_at=clock.now(),
        )


def known_service(instance: UUID) -> BrokeredService | None:
    """The same, if it is recorded."""
    with acting(WORKER):
        return BrokeredService.objects.filter(instance_id=instance).first()


def binding(claim: Claim, of: BrokeredService, consumer: Consumer) -> BrokeredBinding:
    """A binding at its broker, recorded now if it was not."""
    with acting(WORKER):
        found = BrokeredBinding.objects.filter(binding_id=consumer.binding).first()
        if found is not None:
            return found
        claim.hold()
        return BrokeredBinding.objects.create(
            organization_id=of.organization_id,
            broker_id=of.broker_id,
            key=new_id(),
            binding_id=consumer.binding,
            instance_id=of.instance_id,
            created_at=clock.now(),
        )


def bindings_left(instance: UUID) -> list[BrokeredBinding]:
    """An instance's bindings that may be at its broker."""
    with acting(WORKER):
        rows = BrokeredBinding.objects.filter(instance_id=instance)
        return list(rows.exclude(phase__in=[Phase.GONE, Phase.REFUSED]).order_by("id"))


def move(claim: Claim, row: Brokered, **changes: Any) -> None:
    """Record what is so now, as long as the claim counts."""
    for name, value in changes.items():
        setattr(row, name, value)
    with acting(WORKER):
        claim.hold()
        type(row)._default_manager.filter(id=row.id).update(**changes)


def ask_again(claim: Claim, row: Brokered, retry_after: float | None = None) -> float:
    """Count a try that came to nothing; seconds until the next one."""
    move(claim, row, tries=row.tries + 1)
    if retry_after is not None:
        return max(SHORTEST_RETRY, retry_after)
    return spread(min(SHORTEST_RETRY * 2.0 ** min(row.tries, 12), LONGEST_RETRY))


def poll_again(claim: Claim, row: Brokered, retry_after: float | None) -> Later:
    """When something under way is asked after next."""
    move(claim, row, tries=row.tries + 1)
    if retry_after is not None:
        return Later(max(1.0, min(retry_after, LONGEST_POLL * 10)))
    return Later(spread(min(FIRST_POLL * 1.4 ** min(row.tries, 30), LONGEST_POLL)))


def spread(seconds: float) -> float:
    """About so many seconds: what began together does not come back together."""
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311


def overdue(row: Brokered, patience: timedelta) -> bool:
    """Whether something is under way for longer than its plan allows."""
    return row.asked_at is not None and clock.now() - row.asked_at > patience
