"""What reads stacks: what one is made of, as it was sold."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from souk.catalog import queries as catalog
from souk.kernel.scope import System, acting
from souk.stacks.models import StackPlan

_READER = System("stacks")


@dataclass(frozen=True)
class PartRow:
    """A part as it is sold: its name in the stack, what it is called in the reader's language, its plan's key, and
    whether it may have a public address.
    """

    name: str
    blueprint: str
    offering: str
    offering_name: str
    plan: str
    public: bool


def parts(plan: UUID, language: str) -> list[PartRow]:
    """The parts of a plan of a stack, in the order that it names them in; none of what is no stack."""
    with acting(_READER):
        found = StackPlan.objects.filter(plan_id=plan).values_list("parts", flat=True).first() or []
        names = catalog.version_names(_READER, {UUID(each["version"]) for each in found}, language)
    return [
        PartRow(
            each["name"],
            each["blueprint"],
            each["offering"],
            names[UUID(each["version"])],
            each["offering_plan"],
            each["public"],
        )
        for each in found
    ]


def offered(marketplace: str, slug: str, language: str) -> dict[str, list[PartRow]]:
    """The same of each plan of an offering that is published, by the plan's key."""
    plans = catalog.plan_ids(_READER, catalog.published_version(marketplace, slug))
    return {key: found for key, plan in plans.items() if (found := parts(plan, language))}
