"""The blueprints that are installed, and who produces services elsewhere, found by entry point."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any, cast
from uuid import UUID

from django.conf import settings

from souk.kernel.errors import Problem
from souk.provisioning.contract import ADVANCED, Blueprint, Composer, Producer
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


@functools.cache
def elsewhere() -> Mapping[str, Blueprint]:
    """By key, what stands where a blueprint does for services that others produce, or that are made of others."""
    found = [cast(Blueprint, point.load()) for point in entry_points(group="souk.producers")]
    return {each.key: each for each in found}


def blueprint(key: str) -> Blueprint:
    """One blueprint, or what stands where one does.

    Raises:
        BlueprintMissing: it is not installed.
    """
    found = blueprints().get(key) or elsewhere().get(key)
    if found is None:
        raise BlueprintMissing(key=key)
    return found


def balancers() -> list[str]:
    """The keys of those whose services lead to others."""
    return [key for key, each in blueprints().items() if each.balancer is not None]


def producer_of(key: str, plan: UUID | None) -> tuple[Producer, UUID] | None:
    """Who produces services of this kind elsewhere, with the plan that one has; None for what is produced here.

    Raises:
        BlueprintMissing.
    """
    producer = blueprint(key).producer
    return None if producer is None or plan is None else (producer, plan)


def composer_of(key: str, plan: UUID | None) -> tuple[Composer, UUID] | None:
    """What services of this kind are made of, with the plan that one has; None for what is no stack.

    Raises:
        BlueprintMissing.
    """
    composer = blueprint(key).composer
    return None if composer is None or plan is None else (composer, plan)


def arranged(key: str, sold: Mapping[str, Any]) -> dict[str, Any]:
    """The schema that an offering version was published with, its parameters in the order that their blueprint has
    them in and folded as it says: the database keeps no order, and how they are shown is no part of what is sold.
    """
    own = blueprints()[key].schema().get("properties", {}) if key in blueprints() else {}
    rules = sold.get("properties", {})
    ours = {
        name: {**rules[name], ADVANCED: True} if own[name].get(ADVANCED) else rules[name]
        for name in own
        if name in rules
    }
    return {**sold, "properties": {**ours, **{name: rule for name, rule in rules.items() if name not in ours}}}


def schema_of(key: str, plan: UUID | None) -> Mapping[str, Any]:
    """The JSON Schema of the parameters of a service.

    Raises:
        BlueprintMissing.
    """
    found = producer_of(key, plan) or composer_of(key, plan)
    return blueprint(key).schema() if found is None else found[0].schema(found[1])
