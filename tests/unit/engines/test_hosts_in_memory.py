"""The contract suite for several hosts on the in-memory engine."""

from __future__ import annotations

import ipaddress

import pytest
from tests.engine.contract.hosts import *  # noqa: F403
from tests.engine.contract.hosts import Cluster

from souk.engines.memory import MemoryEngine


class InMemory(Cluster):
    """Three simulated hosts."""

    def cut(self, host: str) -> None:
        assert isinstance(self.engine, MemoryEngine)
        self.engine.offline.add(host)

    def restore(self, host: str) -> None:
        assert isinstance(self.engine, MemoryEngine)
        self.engine.offline.discard(host)


@pytest.fixture
def cluster() -> Cluster:
    addresses = map(str, ipaddress.IPv4Network("10.0.0.0/24").hosts())
    engine = MemoryEngine(images=["souk/test"], hosts=["h1", "h2", "h3"])
    return InMemory(engine, engine, "souk/test", "m-", addresses)
