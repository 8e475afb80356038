"""The blueprints that are installed, found by entry point."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import cast

from django.conf import settings

from souk.kernel.errors import Problem
from souk.provisioning.contract import Blueprint
from souk.provisioning.simulation import Simulated


class BlueprintMissing(Problem):
    """The blueprint “{key}” is not installed on this platform. The operator must install it."""

    status = 503


@functools.cache
def blueprints() -> Mapping[str, Blueprint]:
    """Every installed blueprint by key; simulated ones on an engine that isn't real."""
    found = [cast(Blueprint, point.load()) for point in entry_points(group="souk.blueprints")]
    if settings.SIMULATION:
        found = [cast(Blueprint, Simulated(blueprint)) for blueprint in found]
    return {blueprint.key: blueprint for blueprint in found}


def blueprint(key: str) -> Blueprint:
    """One blueprint.

    Raises:
        BlueprintMissing: it is not installed.
    """
    try:
        return blueprints()[key]
    except KeyError:
        raise BlueprintMissing(key=key) from None
