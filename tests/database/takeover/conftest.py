"""One control plane for all tests of a process: a PostgreSQL cluster takes seconds to make."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.control_plane import ControlPlane, control_plane


@pytest.fixture(scope="session")
def laid() -> Iterator[ControlPlane]:
    with control_plane() as plane:
        plane.open()
        plane.sql("create table kept as select n, 'row ' || n as said from generate_series(1, 20000) n")
        plane.sql("alter table kept owner to souk_owner")
        yield plane
