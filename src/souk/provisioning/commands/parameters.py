"""What a customer chose for a service, changed while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.operations import alive, wish
from souk.provisioning.contract import CHANGEABLE
from souk.provisioning.models import OperationKind
from souk.provisioning.registry import blueprint, schema_of
from souk.provisioning.schema import complete


def change_parameters(scope: Scope, instance: UUID, changes: Mapping[str, Any]) -> UUID:
    """Ask for some parameters of a service to be others; the rest stays. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ParameterFixed, InvalidParameters.
    """
    with acting(scope):
        row = alive(scope, instance)
        kind, schema = blueprint(row.blueprint), schema_of(row.blueprint, row.plan_id)
        for name in changes:
            if not schema.get("properties", {}).get(name, {}).get(CHANGEABLE):
                raise errors.ParameterFixed(name=name)
        complete(schema, {**row.parameters, **changes}, kind.check)
        return wish(scope, row, OperationKind.CONFIGURE, {"parameters": dict(changes)})
