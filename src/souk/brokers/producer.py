"""Brokers as a producer of services: what provisioning finds by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from souk.brokers.models import BrokeredBinding, Phase, SoldPlan
from souk.brokers.producing import bindings, rows, services
from souk.kernel.scope import System, acting
from souk.provisioning.contract import Claim, Commission, Consumer, Elsewhere, Later

KEY = "broker"
_READER = System("brokers")


class Brokers:
    """Services ordered from vendors' brokers."""

    def schema(self, plan: UUID) -> Mapping[str, Any]:
        """As it was published."""
        with acting(_READER):
            schema: Mapping[str, Any] = SoldPlan.objects.values_list("schema", flat=True).get(plan_id=plan)
        return schema

    def binds(self, plan: UUID) -> bool:
        """As it was published."""
        return bool(_body(plan)["bindable"])

    def binding_schema(self, plan: UUID) -> Mapping[str, Any]:
        """As it was published."""
        schema: Mapping[str, Any] = _body(plan)["bind"]
        return schema

    def follows(self, before: UUID, after: UUID) -> bool:
        """Between plans of the same service, if its present plan allows it."""
        with acting(_READER):
            found = SoldPlan.objects.filter(plan_id__in=[before, after])
            services = set(found.values_list("broker_id", "service_key"))
        return len(services) == 1 and bool(_body(before)["plan_updateable"])

    def provide(self, claim: Claim, commission: Commission) -> Later | None:
        """Provision, or update."""
        return services.provide(claim, rows.service(claim, commission), commission)

    def withdraw(self, claim: Claim, commission: Commission) -> Later | None:
        """Unbind whatever is bound, then deprovision."""
        row = rows.known_service(commission.instance)
        if row is None:
            return None
        for each in rows.bindings_left(commission.instance):
            later = bindings.revoke(claim, row, each, commission)
            if later is not None:
                return later
        return services.withdraw(claim, row, commission)

    def forget(self, claim: Claim, commission: Commission) -> None:
        """Ask the broker for nothing any more, and have nothing of it in the way of whoever removes the broker."""
        row = rows.known_service(commission.instance)
        if row is not None:
            for each in (*rows.bindings_left(commission.instance), row):
                rows.move(claim, each, phase=Phase.GONE, operation="", tries=0)

    def grant(self, claim: Claim, commission: Commission, consumer: Consumer) -> Later | Mapping[str, Any]:
        """Bind."""
        of = rows.service(claim, commission)
        return bindings.grant(claim, of, rows.binding(claim, of, consumer), commission, consumer)

    def revoke(self, claim: Claim, commission: Commission, consumer: Consumer) -> Later | None:
        """Unbind."""
        of = rows.service(claim, commission)
        row = _binding(consumer)
        return None if row is None else bindings.revoke(claim, of, row, commission)


def _binding(consumer: Consumer) -> BrokeredBinding | None:
    with acting(_READER):
        return BrokeredBinding.objects.filter(binding_id=consumer.binding).first()


def _body(plan: UUID) -> Mapping[str, Any]:
    with acting(_READER):
        body: Mapping[str, Any] = SoldPlan.objects.values_list("body", flat=True).get(plan_id=plan)
    return body


class Brokered(Elsewhere):
    """What stands where a blueprint does."""

    key = KEY
    prefix = "br"
    producer = Brokers()


PRODUCER = Brokered()
