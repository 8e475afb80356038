"""What a customer chose for a service, changed while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from souk.kernel.meanwhile import unchanged
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.balancing import check_members
from souk.provisioning.commands.operations import alive, wish
from souk.provisioning.commands.parts import configure_parts, parts_of
from souk.provisioning.contract import CHANGEABLE
from souk.provisioning.models import OperationKind
from souk.provisioning.queries.services import asked_parameters
from souk.provisioning.registry import blueprint, schema_of
from souk.provisioning.schema import complete


def change_parameters(scope: Scope, instance: UUID, changes: Mapping[str, Any], *, seen: str = "") -> UUID:
    """Ask for some parameters of a service to be others; the rest stays. `seen` is the mark of those that the caller
    saw. Of a stack, the parts follow that its answers are for. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ParameterFixed, InvalidParameters, ChangedMeanwhile; of a load balancer's
        members as `check_members`.
    """
    with acting(scope):
        row = alive(scope, instance)
        asked = asked_parameters(scope, instance)
        unchanged(seen, asked)
        kind, schema = blueprint(row.blueprint), schema_of(row.blueprint, row.plan_id)
        for name in changes:
            if not schema.get("properties", {}).get(name, {}).get(CHANGEABLE):
                raise errors.ParameterFixed(name=name)
        check_members(row, complete(schema, {**asked, **changes}, kind.check), asked)
        parts = parts_of(row)
        operation = wish(scope, row, OperationKind.CONFIGURE, {"parameters": dict(changes)})
        if parts:
            configure_parts(scope, row, parts, operation)
        return operation
