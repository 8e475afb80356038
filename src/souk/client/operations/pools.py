"""Operations of the API: pools. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Pools(Transport):
    """Pools."""

    def get_pools(self, service: str) -> models.BalanceRow:
        """The pools of a load balancer and how each member stands. Members are looked at once a minute. What is chosen
        of pools and listeners are parameters of the service."""
        found: models.BalanceRow = self._call("GET", path("services", service, "pools"))
        return found

    def add_pool_member(self, service: str, pool: str, body: models.PoolMemberIn) -> models.Requested:
        """Have one more member in a pool: a service that is in the same private network, or an address there."""
        found: models.Requested = self._call("POST", path("services", service, "pools", pool, "members"), body=body)
        return found

    def change_pool_member(
        self, service: str, pool: str, name: str, body: models.PoolMemberChanges
    ) -> models.Requested:
        """Drain a member, called like `shop:80`, before it is stopped; have it in maintenance; lead to it again; or
        give it another share."""
        found: models.Requested = self._call(
            "PATCH", path("services", service, "pools", pool, "members", name), body=body
        )
        return found

    def remove_pool_member(self, service: str, pool: str, name: str) -> models.Requested:
        """Take a member out of a pool."""
        found: models.Requested = self._call("DELETE", path("services", service, "pools", pool, "members", name))
        return found
