"""Namespaces beside a checkout's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from install import lanes
from install.here import namespace


@pytest.mark.parametrize("name", ["s1a2b3c", "s", "abcdefghi"])
def test_they_share_no_name_folder_or_subnet_with_it_or_with_each_other(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOUK_SUBNET", raising=False)
    own = namespace.Namespace(name, Path("/var/lib/souk") / name, Path("/run/souk") / name)
    every = [own, *lanes.every(own)]
    assert all(len(each.name) <= 9 for each in every)
    for told in ("name", "state", "run", "subnet", "bridge"):
        assert len({getattr(each, told) for each in every}) == 3
