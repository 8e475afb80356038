"""What reads brokers: their vendors, the operator, and, of what is measured, whoever thinks of ordering."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from souk.brokers.catalogs.changes import Change, changes
from souk.brokers.models import Broker, BrokerCatalog, BrokeredService, CatalogState, SoldPlan
from souk.catalog.queries import version_states
from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, System, acting

PERIOD = timedelta(days=30)
"""What measures are of."""


@dataclass(frozen=True)
class BrokerRow:
    """A broker as its vendor and the operator see it. `trouble` is what was wrong when it was last looked at, as a
    sentence in the reader's language; until `open_until` it is not called, after `failures` in a row.
    """

    id: UUID
    organization_id: UUID
    name: str
    url: str
    auth: str
    username: str
    authority: str
    created_at: datetime
    visited_at: datetime | None
    answered_at: datetime | None
    failures: int
    open_until: datetime | None
    trouble: str
    reports_signed_with: str

    @property
    def described(self) -> tuple[str, ...]:
        """What its vendor says of it, the secret aside."""
        return (self.name, self.url, self.auth, self.username, self.authority)

    @property
    def state(self) -> str:
        """waiting for its first look, answering, silent, or left alone."""
        if self.open_until is not None and self.open_until > clock.now():
            return "left_alone"
        if self.visited_at is None:
            return "waiting"
        return "silent" if self.trouble else "answering"


@dataclass(frozen=True)
class ProposedRow:
    """A catalog that waits for its vendor, and what is new in it."""

    number: int
    fetched_at: datetime
    body: dict[str, Any]
    changes: list[Change]


@dataclass(frozen=True)
class SoldRow:
    """A plan of a broker's as it is sold, and how far its offering's version is."""

    offering: str
    service: str
    plan: str
    state: str
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class MeasuredRow:
    """What was seen of a broker from outside in the last 30 days: the share of looks that it answered, how long an
    answer took, and of services how long the median was made for and the share of attempts that came to something.
    None: nothing was seen yet.
    """

    looks: int
    availability: float | None
    milliseconds: int | None
    made: int
    seconds: float | None
    success: float | None


@dataclass(frozen=True)
class ProducedRow:
    """What a buyer is told of a service that a vendor produces."""

    vendor: UUID
    broker: str
    dashboard_url: str
    bindable: bool
    left_alone: bool
    binding_parameters: dict[str, Any]


def brokers(scope: Scope, *, organization: UUID | None = None) -> list[BrokerRow]:
    """Brokers, newest first: an organization's, or all that the scope may see."""
    with acting(scope):
        rows = Broker.objects.filter(removed_at__isnull=True).order_by("-id")
        if organization is not None:
            rows = rows.filter(organization_id=organization)
        return [_row(each) for each in rows]


def broker(scope: Scope, identifier: UUID) -> BrokerRow:
    """One broker.

    Raises:
        NotFound.
    """
    with acting(scope):
        row = Broker.objects.filter(id=identifier, removed_at__isnull=True).first()
    if row is None:
        raise NotFound
    return _row(row)


def _row(row: Broker) -> BrokerRow:
    signed = "ed25519" if row.usage_key else "hmac" if row.sealed_usage_secret else ""
    trouble = " ".join(filter(None, (gettext(row.trouble), gettext(row.trouble_detail)))) if row.trouble else ""
    shared = {name: getattr(row, name) for name in BrokerRow.__dataclass_fields__ if hasattr(row, name)}
    return BrokerRow(**{**shared, "trouble": trouble, "reports_signed_with": signed})


def proposed(scope: Scope, identifier: UUID) -> ProposedRow | None:
    """What a broker offers that its vendor has not published, if there is anything."""
    with acting(scope):
        rows = BrokerCatalog.objects.filter(broker_id=identifier)
        new = rows.filter(state=CatalogState.PROPOSED).first()
        old = rows.filter(state=CatalogState.PUBLISHED).first()
    if new is None:
        return None
    return ProposedRow(new.number, new.fetched_at, new.body, changes(old.body if old else None, new.body))


def sold(scope: Scope, identifier: UUID) -> list[SoldRow]:
    """What of a broker is sold, or was, newest first."""
    with acting(scope):
        rows = list(SoldPlan.objects.filter(broker_id=identifier).order_by("-version_id", "plan_id"))
    states = version_states(scope, {each.version_id for each in rows})
    return [
        SoldRow(each.offering_slug, each.service_key, each.body["title"], states[each.version_id], each.withdrawn_at)
        for each in rows
    ]


_SEEN = """
select coalesce(sum(looks), 0), coalesce(sum(answered), 0), coalesce(sum(milliseconds), 0)
from brokers_brokerhour where broker_id = %s and hour >= %s
"""
_MADE = """
select count(there_at), percentile_cont(0.5) within group (order by extract(epoch from there_at - created_at)),
    coalesce(sum(failed_attempts), 0)
from brokers_brokeredservice where broker_id = %s and created_at >= %s
"""


def measured(scope: Scope, identifier: UUID) -> MeasuredRow:
    """What was seen of a broker.

    Raises:
        NotFound.
    """
    broker(scope, identifier)
    return _measured(identifier)


def measured_offering(slug: str) -> MeasuredRow | None:
    """What was seen of the broker that an offering comes from; None for what is produced here. For everybody."""
    with acting(System("brokers")):
        found = SoldPlan.objects.filter(offering_slug=slug, broker__removed_at__isnull=True)
        identifier = found.values_list("broker_id", flat=True).first()
    return None if identifier is None else _measured(identifier)


def _measured(identifier: UUID) -> MeasuredRow:
    since = clock.now() - PERIOD
    with acting(System("brokers")), connection.cursor() as cursor:
        cursor.execute(_SEEN, [identifier, since])
        looks, answered, milliseconds = (int(each) for each in cursor.fetchone())
        cursor.execute(_MADE, [identifier, since])
        made, seconds, failed = cursor.fetchone()
    tries = made + failed
    return MeasuredRow(
        looks,
        answered / looks if looks else None,
        milliseconds // answered if answered else None,
        made,
        None if seconds is None else float(seconds),
        made / tries if tries else None,
    )


def produced(scope: Scope, instance: UUID, plan: UUID | None) -> ProducedRow | None:
    """Who produces a service, for whoever may see it; None if no vendor does."""
    if plan is None:
        return None
    with acting(scope):
        own = BrokeredService.objects.filter(instance_id=instance).values_list("dashboard_url", flat=True).first()
    with acting(System("brokers")):
        row = SoldPlan.objects.select_related("broker").filter(plan_id=plan).first()
    if row is None:
        return None
    alone = row.broker.open_until is not None and row.broker.open_until > clock.now()
    return ProducedRow(
        row.organization_id, row.broker.name, own or "", bool(row.body["bindable"]), alone, row.body["bind"]
    )
