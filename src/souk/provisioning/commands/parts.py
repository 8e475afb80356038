"""Stacks and their parts: what is asked of a stack is asked of its parts, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from souk.kernel.scope import Scope
from souk.provisioning import errors
from souk.provisioning.commands.operations import wish
from souk.provisioning.contract import CHANGEABLE, Part
from souk.provisioning.models import OperationKind, ServiceInstance
from souk.provisioning.queries.services import asked_parameters
from souk.provisioning.registry import blueprint, composer_of, schema_of
from souk.provisioning.schema import complete

STACK = "stack"
"""In the details of what is asked of a part: the stack's operation that it follows from."""


def whole(row: ServiceInstance) -> None:
    """Refuse what is asked of stacks as a whole.

    Raises:
        PartOfStack.
    """
    if row.part_of is not None:
        stack = ServiceInstance.objects.values_list("name", flat=True).get(id=row.part_of)
        raise errors.PartOfStack(name=row.name, stack=stack)


def parts_of(row: ServiceInstance) -> list[ServiceInstance]:
    """What is left of the parts of a locked stack, locked too; none of what is no stack. Called before anything is
    asked of the stack: whoever works on a part has it first.
    """
    if composer_of(row.blueprint, row.plan_id) is None:
        return []
    parts = ServiceInstance.objects.select_for_update().filter(part_of=row.id, deleted_at__isnull=True)
    return list(parts.order_by("id"))


def wanted_parts(row: ServiceInstance, parameters: Mapping[str, Any]) -> dict[str, Part]:
    """What the parts of a stack are to be, by their names."""
    found = composer_of(row.blueprint, row.plan_id)
    assert found is not None, "only a stack has parts"
    composer, plan = found
    return {part.name: part for part in composer.parts(plan, parameters)}


def can_be_kept(row: ServiceInstance) -> bool:
    """Whether what is deleted can be kept for days of grace: nobody here could stop and keep what others produce."""
    if row.plan_id is None:
        return True
    return composer_of(row.blueprint, row.plan_id) is not None and all(map(can_be_kept, parts_of(row)))


def configure_parts(scope: Scope, row: ServiceInstance, parts: Sequence[ServiceInstance], operation: UUID) -> None:
    """Ask the parts of a locked stack for the parameters that its answers lead to.

    Raises:
        InvalidParameters.
    """
    wanted = wanted_parts(row, asked_parameters(scope, row.id))
    for part in parts:
        before = asked_parameters(scope, part.id)
        rules = schema_of(part.blueprint, part.plan_id).get("properties", {})
        changes = {
            name: value
            for name, value in wanted[part.part].parameters.items()
            if before.get(name) != value and rules.get(name, {}).get(CHANGEABLE)
        }
        if changes:
            schema = schema_of(part.blueprint, part.plan_id)
            complete(schema, {**before, **changes}, blueprint(part.blueprint).check)
            wish(scope, part, OperationKind.CONFIGURE, {"parameters": changes, STACK: str(operation)})
