"""Billing in the background."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import structlog
from procrastinate import Blueprint, RetryStrategy

from souk.billing import errors, invoicing, rendering
from souk.billing.months import month_of
from souk.kernel.scope import System
from souk.ordering.queries import subscriptions
from souk.sites.queries import sites

blueprint = Blueprint()
log = structlog.get_logger("souk.billing")


@blueprint.task(name="write_documents", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def write_documents(invoice: str) -> None:
    """Write an invoice's PDF and UBL."""
    rendering.write(UUID(invoice))


@blueprint.periodic(cron="20 2 1 * *")
@blueprint.task(name="close_month", queueing_lock="close_month")
def close_month(timestamp: int) -> None:
    """On the first of a month, bill every organization for the month before."""
    zone = next((site.fiscal_zone for site in sites()), "UTC")
    until = month_of(datetime.fromtimestamp(timestamp, UTC), zone).since
    for organization in {row.organization_id for row in subscriptions(System("billing"))}:
        try:
            invoicing.bill(System("billing"), organization, until)
        except errors.NothingToBill:
            log.debug("nothing to bill", organization=str(organization))
