"""Each of two processes that run engine tests works in a namespace of its own: `install/lanes.py`.

A plugin that pytest imports before any setting is read.
"""

from __future__ import annotations

import json
import os

import pytest

_SECOND = "gw1"

if os.environ.get("PYTEST_XDIST_WORKER") == _SECOND:
    os.environ |= {
        **json.loads(os.environ["TESTS_SECOND_LANE"]),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The last folders come first, whose tests take longest: what is left at the end is short."""
    items.sort(key=lambda item: str(item.path), reverse=True)
