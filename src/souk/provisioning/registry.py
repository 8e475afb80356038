"""The blueprints that are installed, found by entry point."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import cast

from souk.kernel.errors import Problem
from souk.provisioning.contract import Blueprint


class BlueprintMissing(Problem):
    """The blueprint “{key}” is not installed on this platform. The operator must install it."""

    status = 503


@functools.cache
def blueprints() -> Mapping[str, Blueprint]:
    """Every installed blueprint by key."""
    found = (cast(Blueprint, point.load()) for point in entry_points(group="souk.blueprints"))
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
