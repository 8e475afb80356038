"""Operations of the API: market. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from collections.abc import Iterator

from souk.client import models
from souk.client.transport import Transport, path


class Market(Transport):
    """Market."""

    def list_regions(self) -> list[models.RegionRow]:
        """Where services can run."""
        found: list[models.RegionRow] = self._call("GET", path("regions"))
        return found

    def list_offerings(
        self, marketplace: str, *, limit: int = 100, category: str | None = None, q: str | None = None
    ) -> Iterator[models.Card]:
        """The published offerings of a market place."""
        return self._rows(path("marketplaces", marketplace, "offerings"), limit, {"category": category, "q": q})

    def get_offering(self, marketplace: str, slug: str) -> models.OfferingOut:
        """One offering with plans, prices and parameters."""
        found: models.OfferingOut = self._call("GET", path("marketplaces", marketplace, "offerings", slug))
        return found
