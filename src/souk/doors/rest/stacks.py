"""Stacks: published by whoever sells them, and what one that runs is made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from souk.doors.rest import telling
from souk.doors.rest.auth import either, member
from souk.provisioning import queries
from souk.stacks import commands

router = Router(tags=["Stacks"])


class PartIn(Schema):
    """A part: a plan of an offering of the same market place, and the parameters that the stack gives it. One that is
    `public` has a public address if the stack is ordered with one, at the stack's price. In its `zone` and its `names`
    `{domain}` stands for the domain that whoever orders is asked for.
    """

    offering: str
    plan: str
    parameters: dict[str, Any] = {}
    public: bool = False
    zone: str = ""
    names: list[str] = []


class StackPlanIn(Schema):
    """A plan: its parts by their names, and its price in major units without tax."""

    key: str
    per_hour: Decimal
    per_month: Decimal
    parts: dict[str, PartIn]


class StackIn(Schema):
    """A stack to be sold. `texts` maps a language to {name, summary, description}; `questions` what is asked of whoever
    orders to the parameters that an answer is for, each as `part.parameter`.
    """

    slug: str
    category: str
    texts: dict[str, dict[str, str]]
    plans: list[StackPlanIn]
    questions: dict[str, list[str]] = {}
    marketplace: str = "public"

    def details(self) -> commands.StackDetails:
        """As the command takes it."""
        plans = [
            commands.StackPlanDetails(
                plan.key,
                plan.per_hour,
                plan.per_month,
                {name: commands.PartDetails(**part.dict()) for name, part in plan.parts.items()},
            )
            for plan in self.plans
        ]
        return commands.StackDetails(self.slug, self.category, self.texts, plans, self.questions, self.marketplace)


class VersionOut(Schema):
    """The offering version that waits for the operator's review."""

    version: UUID


@router.post("/organizations/{organization}/stacks", response={202: VersionOut}, operation_id="publishStack")
def publish(request: HttpRequest, organization: UUID, body: StackIn) -> Status[dict[str, Any]]:
    """Sell several services as one: the next version of the stack of that name, sold once the operator has approved
    it. Who bought an earlier one keeps it as it was.
    """
    return Status(202, {"version": commands.publish(member(request), organization, body.details())})


@router.get("/services/{service}/parts", response=list[queries.ServiceRow], operation_id="listParts")
def parts(request: HttpRequest, service: UUID) -> list[queries.ServiceRow]:
    """What a stack is made of, in its own order; nothing of a service that is no stack."""
    scope = either(request)
    queries.service(scope, service)
    return [telling.service(row) for row in queries.parts(scope, service)]
