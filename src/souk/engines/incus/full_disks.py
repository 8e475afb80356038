"""Machines whose disk is full to the last byte."""

from __future__ import annotations

import time
from collections.abc import Callable

from souk.engines.contract import DiskFull

_ATTEMPTS, _PAUSE = 25, 0.2


def patiently(act: Callable[[], object]) -> None:
    """Do something to a machine whose disk may be full.

    btrfs charges even the raising of a quota to the quota, and lets it pass a moment later.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            act()
        except DiskFull:
            time.sleep(_PAUSE)
        else:
            return
    act()
