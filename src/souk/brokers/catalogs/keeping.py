"""Catalogs that were fetched: kept when they say something new; what they say no more is not sold any more at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from souk.brokers.catalogs.parsing import digest
from souk.brokers.models import Broker, BrokerCatalog, CatalogState, SoldPlan
from souk.catalog.commands import stop_selling
from souk.kernel import clock, events
from souk.kernel.scope import System, acting

_WORKER = System("brokers")


def keep(broker: Broker, parsed: Mapping[str, Any]) -> None:
    """Keep a catalog that was just fetched, if it differs from the last one."""
    told = digest(parsed)
    with acting(_WORKER):
        Broker.objects.select_for_update().get(id=broker.id)
        last = broker.catalogs.order_by("-number").first()
        if last is not None and last.digest == told:
            return
        published = broker.catalogs.filter(state=CatalogState.PUBLISHED).first()
        broker.catalogs.filter(state=CatalogState.PROPOSED).update(state=CatalogState.SUPERSEDED)
        # What says again what is sold is nothing new to decide on.
        again = published is not None and published.digest == told
        made = BrokerCatalog.objects.create(
            organization_id=broker.organization_id,
            broker=broker,
            number=1 if last is None else last.number + 1,
            state=CatalogState.SUPERSEDED if again else CatalogState.PROPOSED,
            digest=told,
            body=dict(parsed),
            fetched_at=clock.now(),
        )
        events.record(
            "broker.catalog_fetched",
            ("broker", broker.id),
            organization=broker.organization_id,
            data={"number": made.number},
        )
        _withdraw(broker, parsed)


def _withdraw(broker: Broker, parsed: Mapping[str, Any]) -> None:
    """Plans that the broker offers no more are not sold any more; who has one keeps it."""
    offered = [(service["id"], plan["id"]) for service in parsed["services"] for plan in service["plans"]]
    for sold in SoldPlan.objects.filter(broker=broker, withdrawn_at__isnull=True):
        if (sold.service_key, sold.plan_key) in offered:
            continue
        stop_selling(_WORKER, sold.plan_id)
        sold.withdrawn_at = clock.now()
        sold.save(update_fields=["withdrawn_at"])
        events.record(
            "broker.plan_withdrawn",
            ("broker", broker.id),
            organization=broker.organization_id,
            data={"offering": sold.offering_slug, "plan": sold.body["name"]},
        )
