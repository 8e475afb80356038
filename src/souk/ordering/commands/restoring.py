"""Restoring into a new service: an order like any other, whose service begins with another one's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from souk.catalog.queries import listed, sellable
from souk.kernel import clock
from souk.kernel.scope import Scope, acting
from souk.ordering import sizing
from souk.ordering.commands.placing import OrderDetails, place_order
from souk.ordering.queries import order, subscription_of
from souk.parties.queries import organization
from souk.provisioning.commands.backups import restorable
from souk.provisioning.commands.maintenance import parameters_at
from souk.provisioning.commands.snapshots import branchable
from souk.provisioning.contract import GIB
from souk.provisioning.queries import bought_by_itself, service


@dataclass(frozen=True)
class RestoreDetails:
    """What is to be restored, to which instant (None: the last that was kept) or from which snapshot, as which service,
    on which plan (empty: the same), with how many gibibytes of disk beyond it (None: as many as the source has).
    """

    source: UUID
    name: str
    until: datetime | None = None
    plan: str = ""
    extra_gib: int | None = None
    snapshot: UUID | None = None


def restore(scope: Scope, details: RestoreDetails, *, key: str | None = None) -> UUID:
    """Order a new service that begins with the data of another one, which is left as it is. Returns the order.

    With `until` it is a restore to that instant, without it a fork. A second call with the same idempotency `key`
    returns the first one's order.

    Raises:
        NotFound, PartOfStack, RoleTooLow, NothingToRestore, OutsideRetention, NotABackup, BetweenBackups,
        RestoreTooSmall, SnapshotMissing, NoBranches, and whatever `place_order` raises.
    """
    with acting(scope):
        bought_by_itself(scope, details.source)
        subscription = subscription_of(scope, details.source)
        before = order(scope, subscription.order_id)
        marketplace, offering = listed(before.listing_id)
        plan = details.plan or before.plan_key
        segment = organization(scope, before.organization_id).segment
        sold = sellable(marketplace, offering, plan, segment, clock.now())
        held = service(scope, details.source).extra_disk // GIB
        extra_gib = held if details.extra_gib is None else details.extra_gib
        size = sizing.size(sold, extra_gib)
        if details.snapshot is not None:
            origin, source = branchable(scope, details.source, details.snapshot, size.disk)
        else:
            origin, source = restorable(scope, details.source, details.until, size.disk)
        return place_order(
            scope,
            OrderDetails(
                organization=before.organization_id,
                marketplace=marketplace,
                offering=offering,
                plan=plan,
                region=source.region_code,
                name=details.name,
                parameters=parameters_at(source, origin.until),
                project=source.project_id,
                origin=origin,
                extra_gib=extra_gib,
            ),
            key=key,
        )
