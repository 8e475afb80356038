"""What provisioning finds by entry point: what a stack is made of, as it was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from souk.kernel.scope import System, acting
from souk.provisioning.contract import Composed, Part, Size
from souk.stacks.models import StackPlan

KEY = "stack"
DOMAIN = "domain"
"""What is asked of whoever orders a stack whose parts have names of its customer's own, and what stands for the answer
in them.
"""
_READER = System("stacks")


class Stacks:
    """Stacks as they were published: what was bought does not change."""

    def schema(self, plan: UUID) -> Mapping[str, Any]:
        """Of the answers."""
        schema: Mapping[str, Any] = _plan(plan).schema
        return schema

    def parts(self, plan: UUID, parameters: Mapping[str, Any]) -> Sequence[Part]:
        """Each part with the parameters that the stack gives it, and the answers that are for it."""
        row = _plan(plan)
        given: dict[str, dict[str, Any]] = {part["name"]: dict(part["parameters"]) for part in row.parts}
        for question, feeds in row.questions.items():
            if question in parameters:
                for part, parameter in feeds:
                    given[part][parameter] = parameters[question]
        domain = str(parameters.get(DOMAIN, "")).strip().strip(".")
        return [
            Part(
                name=part["name"],
                blueprint=part["blueprint"],
                size=Size(**part["size"]),
                parameters=given[part["name"]],
                plan=UUID(part["plan"]) if part["plan"] else None,
                public=part["public"],
                zone=_named(part["zone"], domain),
                names=[_named(name, domain) for name in part["names"]] if domain else [],
            )
            for part in row.parts
        ]

    def follows(self, before: UUID, after: UUID) -> bool:
        """Between plans of the same offering, as long as they are made of the same kinds of service."""
        return _made_of(_plan(before)) == _made_of(_plan(after))


def _named(template: str, domain: str) -> str:
    return template.replace(f"{{{DOMAIN}}}", domain) if domain else ""


def _made_of(row: StackPlan) -> tuple[str, dict[str, str]]:
    return row.offering_slug, {part["name"]: part["blueprint"] for part in row.parts}


def _plan(plan: UUID) -> StackPlan:
    with acting(_READER):
        return StackPlan.objects.get(plan_id=plan)


class Stack(Composed):
    """What stands where a blueprint does."""

    key = KEY
    prefix = "st"
    icon = "stack-2"
    composer = Stacks()


COMPOSER = Stack()
