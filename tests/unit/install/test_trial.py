"""Blueprints are tried out one at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from install.failure import Failure
from install.trial import alone


def test_whoever_comes_second_is_told_to_wait_and_may_come_after_that(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(Failure, match="Another blueprint"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass
