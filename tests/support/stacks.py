"""A stack of two examples, sold on the market place."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.support.world import Customer, operator

from souk.catalog import commands as catalog
from souk.catalog.queries import vendor_of
from souk.kernel.scope import System
from souk.ordering import commands as ordering
from souk.ordering import queries
from souk.provisioning.queries import ServiceRow, services
from souk.stacks import commands
from souk.stacks.commands import PartDetails, StackDetails, StackPlanDetails

TEXTS = {
    "fr": {"name": "Bureau", "summary": "Un site et ses fichiers", "description": "Pour les essais."},
    "ar": {"name": "مكتب", "summary": "موقع وملفاته", "description": "للتجارب."},
    "en": {"name": "Office", "summary": "A site and its files", "description": "For tests."},
}
PARTS = {
    "s": {"site": PartDetails("exemple", "s"), "files": PartDetails("exemple", "s", {"more": ["photos"]})},
    "m": {"site": PartDetails("exemple", "m"), "files": PartDetails("exemple", "s", {"more": ["photos"]})},
    "l": {"site": PartDetails("exemple", "m"), "files": PartDetails("exemple", "m", {"more": ["photos"]})},
}
QUESTIONS = {"taste": ["site.flavour", "files.flavour"]}


def details(plans: Mapping[str, Mapping[str, PartDetails]] = PARTS, **other: Any) -> StackDetails:
    """A stack that can be sold; by default, with plans `s`, `m` and `l`."""
    priced = [
        StackPlanDetails(key, Decimal(f"{number}.5"), Decimal(600 * number), parts)
        for number, (key, parts) in enumerate(plans.items(), 1)
    ]
    return StackDetails(
        **{"slug": "bureau", "category": "office", "texts": TEXTS, "plans": priced, "questions": QUESTIONS, **other}
    )


def seller(of: str = "exemple") -> UUID:
    """Whoever sells what stacks are made of: the operator's organization."""
    found = vendor_of(System("test"), of)
    assert found is not None, f"{of} is sold by somebody"
    return found


_seller = seller


def publish(stack: StackDetails | None = None, *, seller: UUID | None = None) -> UUID:
    """Have a stack be for sale; returns its version."""
    version = commands.publish(System("test"), seller or _seller(), stack or details())
    approve(version)
    return version


def approve(version: UUID) -> None:
    """What the operator's engineers do."""
    engineer = operator()
    catalog.move_version(engineer, version, "approved")
    catalog.move_version(engineer, version, "published")


def order(buyer: Customer, name: str = "bureau", plan: str = "s", **parameters: Any) -> UUID:
    """Order the stack; returns the service instance."""
    wanted = ordering.OrderDetails(
        buyer.organization, "public", "bureau", plan, "ma-temara", name, parameters=parameters
    )
    return queries.order(buyer.scope, ordering.place_order(buyer.scope, wanted)).instance_id


def parts(buyer: Customer, stack: UUID, *, with_deleted: bool = False) -> dict[str, ServiceRow]:
    """The parts of a stack by their names."""
    rows = services(buyer.scope, organization=buyer.organization, with_deleted=with_deleted)
    return {row.part: row for row in rows if row.part_of == stack}
