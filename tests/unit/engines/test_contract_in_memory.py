"""The contract suite on the in-memory engine."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.engine.contract.suite import *  # noqa: F403
from tests.engine.contract.suite import Workshop

from souk.engines.memory import MemoryEngine


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    addresses = map(str, ipaddress.IPv4Network("10.0.0.0/24").hosts())
    dead = MemoryEngine()
    with dead.faults.outage():
        yield Workshop(MemoryEngine(images=["souk/test"]), dead, "souk/test", "m-", addresses)


@pytest.fixture
def tarballs(tmp_path: Path) -> Callable[[str], Path]:
    def tarball(word: str) -> Path:
        path = tmp_path / word
        path.write_text(word)
        return path

    return tarball
