"""Operations of the API: stacks. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Stacks(Transport):
    """Stacks."""

    def publish_stack(self, organization: str, body: models.StackIn) -> models.VersionOut:
        """Sell several services as one: the next version of the stack of that name, sold once the operator has approved
        it. Who bought an earlier one keeps it as it was."""
        found: models.VersionOut = self._call("POST", path("organizations", organization, "stacks"), body=body)
        return found

    def list_parts(self, service: str) -> list[models.ServiceRow]:
        """What a stack is made of, in its own order; nothing of a service that is no stack."""
        found: list[models.ServiceRow] = self._call("GET", path("services", service, "parts"))
        return found
