"""Operations of the API: orders. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from collections.abc import Iterator

from souk.client import models
from souk.client.transport import Transport, path


class Orders(Transport):
    """Orders."""

    def place_order(self, body: models.OrderIn, *, key: str | None = None) -> models.OrderPlaced:
        """Order a plan. Refusals say why and cost nothing; with an `Idempotency-Key`, a repeat is the same order."""
        found: models.OrderPlaced = self._call("POST", path("orders"), body=body, key=key)
        return found

    def list_orders(self, *, organization: str | None = None, limit: int = 100) -> Iterator[models.OrderRow]:
        """My organizations' orders, newest first."""
        return self._rows(path("orders"), limit, {"organization": organization})

    def get_order(self, order: str) -> models.OrderRow:
        """One order."""
        found: models.OrderRow = self._call("GET", path("orders", order))
        return found

    def cancel_order(self, order: str) -> None:
        """Cancel an order that is not fulfilled yet."""
        self._call("POST", path("orders", order, "cancel"))

    def list_subscriptions(self, *, organization: str | None = None) -> list[models.SubscriptionRow]:
        """My organizations' subscriptions with their frozen prices."""
        found: list[models.SubscriptionRow] = self._call(
            "GET", path("subscriptions"), query={"organization": organization}
        )
        return found
