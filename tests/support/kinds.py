"""Every kind of service that is installed, on an engine in memory."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any, cast

from tests.support.example import EXAMPLE

from souk.provisioning.contract import Blueprint
from souk.provisioning.simulation import Simulated


def every_kind() -> dict[str, Blueprint]:
    """By key: the example, and whatever is sold of what is installed, simulated."""
    found: list[Any] = [point.load() for point in entry_points(group="souk.blueprints")]
    simulated = [cast(Blueprint, Simulated(each)) for each in found if each.starting_offering is not None]
    return {each.key: each for each in (EXAMPLE, *simulated)}
