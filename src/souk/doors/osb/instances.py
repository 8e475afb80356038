"""Service instances, as platforms order, change, poll and delete them. Every request may come again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.db import transaction

from souk.doors.osb import errors
from souk.doors.osb.auth import Buyer
from souk.doors.osb.catalog import Sold, plan_id, sold
from souk.doors.osb.models import BrokeredInstance
from souk.kernel import clock, events
from souk.kernel.locks import lock
from souk.kernel.scope import acting
from souk.ordering import queries as ordering
from souk.ordering.commands import OrderDetails, change_size, place_order
from souk.provisioning.commands import change_parameters, delete_instance
from souk.provisioning.errors import NameTaken
from souk.provisioning.queries import OperationRow, ServiceRow, operations, service

OPEN = frozenset({"queued", "running"})
_GOING = frozenset({"deleting", "soft_deleted", "deleted"})
_GONE = frozenset({"soft_deleted", "deleted"})
_WATCHING = frozenset({"first_boot"})
"""Kinds of operations that hold nothing up."""


@dataclass(frozen=True)
class Wish:
    """What a platform orders: `parameters` as they came, `name` what it calls it, `version` that of its catalogue."""

    service: str
    plan: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    version: str = ""


@dataclass(frozen=True)
class Place:
    """Where it orders."""

    marketplace: str
    region: str


@dataclass(frozen=True)
class Answer:
    """What becomes of it: `status` of HTTP, the service instance, and what to poll."""

    status: int
    instance: UUID | None = None
    operation: str = ""


@dataclass(frozen=True)
class Found:
    """A service that a platform knows, with its operations, newest first."""

    row: BrokeredInstance
    service: ServiceRow
    operations: Sequence[OperationRow]

    @property
    def gone(self) -> bool:
        """Whether it is deleted, recoverable or not."""
        return self.service.state in _GONE

    @property
    def busy(self) -> bool:
        """Whether something is under way that another change would have to wait for."""
        return any(each.state in OPEN and each.kind not in _WATCHING for each in self.operations)


def provision(buyer: Buyer, place: Place, key: str, wish: Wish, *, may_wait: bool) -> Answer:
    """Order a service under the platform's own id, once.

    Raises:
        CatalogUnknown, Taken, AsyncRequired, MaintenanceInfoConflict, Malformed, and what an order is refused for.
    """
    digest = _digest([wish.service, wish.plan, wish.parameters])
    with one_at_a_time(buyer, key):
        known = find(buyer, key)
        if known is None or known.gone:
            chosen = sold(place.marketplace, wish.service, wish.plan)
            _same_version(chosen, wish.version)
            if not may_wait:
                raise errors.AsyncRequired
            return _ordered(buyer, place, key, wish, chosen, digest)
    if known.row.digest != digest or known.service.state in _GOING:
        raise errors.Taken
    if known.service.ready_at is not None:
        return Answer(200, known.service.id)
    created = known.operations[-1]
    return Answer(202 if created.state in OPEN else 200, known.service.id, str(created.id))


@contextmanager
def one_at_a_time(buyer: Buyer, key: str) -> Iterator[None]:
    """A transaction in which no other request changes what the platform means by an id: the second of two alike finds
    what the first one did.
    """
    with acting(buyer.scope):
        lock("brokered", uuid5(buyer.project, key))
        yield


def _ordered(buyer: Buyer, place: Place, key: str, wish: Wish, chosen: Sold, digest: str) -> Answer:
    BrokeredInstance.objects.filter(project_id=buyer.project, key=key, retired_at__isnull=True).update(
        retired_at=clock.now()
    )
    order = _placed(buyer, place, key, wish, chosen)
    instance = ordering.order(buyer.scope, order).instance_id
    asked = str(operations(buyer.scope, instance)[-1].id)
    row = BrokeredInstance.objects.create(
        organization_id=buyer.organization,
        project_id=buyer.project,
        key=key,
        service_id=chosen.service,
        digest=digest,
        order_id=order,
        instance_id=instance,
        asked=[asked],
    )
    _told(buyer, "order.brokered", row)
    return Answer(202, instance, asked)


def _placed(buyer: Buyer, place: Place, key: str, wish: Wish, chosen: Sold) -> UUID:
    """The order, under the platform's name for it, or that and a part of its id where the name is taken."""
    name = " ".join(wish.name.split()) or f"{chosen.slug} {key}"
    for each in (name[:63], f"{name[:50]} {hashlib.sha256(key.encode()).hexdigest()[:12]}"):
        details = OrderDetails(
            organization=buyer.organization,
            marketplace=place.marketplace,
            offering=chosen.slug,
            plan=chosen.key,
            region=place.region,
            name=each,
            parameters=dict(wish.parameters),
            project=buyer.project,
        )
        try:
            with transaction.atomic():
                return place_order(buyer.scope, details)
        except NameTaken:
            taken = each
    raise NameTaken(name=taken)


def update(buyer: Buyer, place: Place, key: str, wish: Wish, *, may_wait: bool) -> Answer:
    """Have a service get another plan, other parameters, or both.

    Raises:
        NotThere, CatalogUnknown, PlanOfAnotherService, MaintenanceInfoConflict, AsyncRequired, ConcurrencyError, and
        what a change is refused for.
    """
    with one_at_a_time(buyer, key):
        return _update(buyer, place, present(buyer, key), wish, may_wait=may_wait)


def _update(buyer: Buyer, place: Place, known: Found, wish: Wish, *, may_wait: bool) -> Answer:
    if wish.service != str(known.row.service_id):
        raise errors.PlanOfAnotherService
    now = plan_of(buyer, known)
    chosen = sold(place.marketplace, wish.service, wish.plan or str(now))
    _same_version(chosen, wish.version)
    changes = {name: value for name, value in wish.parameters.items() if known.service.parameters.get(name) != value}
    digest = _digest([wish.plan, wish.parameters])
    if known.busy:
        if known.row.changed == digest and not _ended(known):
            return Answer(202, known.service.id, ",".join(known.row.asked))
        raise errors.ConcurrencyError
    if chosen.plan == now and not changes:
        return Answer(200, known.service.id)
    if not may_wait:
        raise errors.AsyncRequired
    asked = []
    if changes:
        asked.append(str(change_parameters(buyer.scope, known.service.id, changes)))
    if chosen.plan != now:
        asked.append(str(change_size(buyer.scope, known.service.id, chosen.key).operation))
    known.row.asked, known.row.changed = asked, digest
    known.row.save(update_fields=["asked", "changed"])
    _told(buyer, "service.change_brokered", known.row)
    return Answer(202, known.service.id, ",".join(asked))


def deprovision(buyer: Buyer, key: str, *, may_wait: bool) -> Answer:
    """Delete a service, however far it is: platforms clean up so what failed half-way.

    Raises:
        Gone, AsyncRequired, and what a deletion is refused for.
    """
    with one_at_a_time(buyer, key):
        known = find(buyer, key)
        if known is None or known.gone:
            raise errors.Gone
        if not may_wait:
            raise errors.AsyncRequired
        under_way = next((each for each in known.operations if each.kind == "delete" and each.state in OPEN), None)
        if under_way is not None:
            return Answer(202, known.service.id, str(under_way.id))
        asked = str(delete_instance(buyer.scope, known.service.id))
        known.row.asked = [asked]
        known.row.save(update_fields=["asked"])
        _told(buyer, "service.deletion_brokered", known.row)
    return Answer(202, known.service.id, asked)


def last_operation(buyer: Buyer, key: str, operation: str) -> dict[str, Any]:
    """How far the last request is, or the one that is meant: its state, what to tell, and whether the service works.

    Raises:
        Gone: it was deleted, which for a deletion is success. Malformed: there is no such operation.
    """
    known = find(buyer, key)
    if known is None or known.gone:
        raise errors.Gone
    meant = operation.split(",") if operation else known.row.asked
    found = [each for each in known.operations if str(each.id) in meant]
    if len(found) != len(meant):
        raise errors.Malformed(fault="operation")
    return {
        **told(found),
        "instance_usable": known.service.ready_at is not None and known.service.state not in _GOING,
        "update_repeatable": True,
    }


def told(found: Sequence[OperationRow]) -> dict[str, Any]:
    """Several operations as one: failed if any is, under way until all are done."""
    failed = [each for each in found if each.state in {"failed", "cancelled"}]
    under_way = [each for each in found if each.state in OPEN]
    if failed:
        return {"state": "failed", "description": failed[0].why or failed[0].state}
    if under_way:
        line = next((each.log[-1]["sentence"] for each in reversed(under_way) if each.log), "")
        return {"state": "in progress", "description": line}
    return {"state": "succeeded", "description": ""}


def find(buyer: Buyer, key: str) -> Found | None:
    """What the platform means by an id, gone or not."""
    with acting(buyer.scope):
        row = BrokeredInstance.objects.filter(project_id=buyer.project, key=key, retired_at__isnull=True).first()
    if row is None:
        return None
    return Found(row, service(buyer.scope, row.instance_id), operations(buyer.scope, row.instance_id))


def present(buyer: Buyer, key: str) -> Found:
    """The same, of what is there.

    Raises:
        NotThere.
    """
    known = find(buyer, key)
    if known is None or known.gone:
        raise errors.NotThere
    return known


def plan_of(buyer: Buyer, known: Found) -> UUID:
    """The plan that a service has, by the id that platforms know."""
    subscription = ordering.subscription_of(buyer.scope, known.service.id)
    return plan_id(known.row.service_id, subscription.plan_key)


def version_of(place: Place, known: Found, plan: UUID) -> str:
    """The version of its plan in the catalogue; nothing once it is not sold any more."""
    try:
        return sold(place.marketplace, str(known.row.service_id), str(plan)).version
    except errors.CatalogUnknown:
        return ""


def _same_version(chosen: Sold, version: str) -> None:
    if version and version != chosen.version:
        raise errors.MaintenanceInfoConflict


def _ended(known: Found) -> bool:
    return not any(str(each.id) in known.row.asked and each.state in OPEN for each in known.operations)


def _told(buyer: Buyer, action: str, row: BrokeredInstance) -> None:
    personal = {"identity": buyer.identity} if buyer.identity is not None else None
    data = {"key": row.key, "platform": buyer.platform}
    events.record(action, ("service", row.instance_id), organization=buyer.organization, data=data, personal=personal)


def _digest(request: object) -> str:
    return hashlib.sha256(msgspec.json.encode(request, order="deterministic")).hexdigest()
