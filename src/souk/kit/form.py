"""What can be seen of a blueprint without running it."""

from __future__ import annotations

import gettext
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.utils.translation import trans_real
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from souk.catalog.pricing import SHORTEST_MONTH_HOURS
from souk.engines.images.recipe import InvalidRecipe
from souk.kit.finding import Absent, Broken, Check
from souk.provisioning import registry
from souk.provisioning.contract import Blueprint, StartingOffering
from souk.provisioning.errors import InvalidParameters
from souk.provisioning.schema import complete
from souk.ui.tags.text import icon_names

LANGUAGES = ("fr", "ar", "en")
_KEY, _PREFIX = re.compile(r"[a-z]{2,30}"), re.compile(r"[a-z]{2,4}")
_LEAST_PLANS = 3


def checks(blueprint: Blueprint, entry_point: str) -> Iterator[tuple[str, Check]]:
    """Each promise with what looks at it."""
    yield "Its names are its own", lambda: _names(blueprint, entry_point)
    yield "It answers all of the contract", lambda: _complete(blueprint)
    yield "Its parameters are a JSON Schema with an example that fits", lambda: _schema(blueprint)
    yield "Its parameters are told in French and Arabic", lambda: _translated(blueprint)
    yield "It is offered in three languages and three sizes", lambda: _offering(blueprint)
    yield "Larger plans get more of the machine", lambda: _limits(blueprint)
    yield "Its image's recipe can be read", lambda: _recipe(blueprint)


def example(blueprint: Blueprint) -> dict[str, Any]:
    """Parameters that the blueprint's authors give as an example, with the defaults filled in.

    Raises:
        InvalidParameters.
    """
    schema = blueprint.schema()
    given: dict[str, Any] = next(iter(schema.get("examples", ())), {})
    return complete(schema, given, blueprint.check)


def _names(blueprint: Blueprint, entry_point: str) -> str:
    if blueprint.key != entry_point:
        raise Broken(f"its key is “{blueprint.key}”, its entry point is called “{entry_point}”")
    if not _KEY.fullmatch(blueprint.key):
        raise Broken(f"key “{blueprint.key}”: two to thirty lowercase letters are needed")
    if not _PREFIX.fullmatch(blueprint.prefix):
        raise Broken(f"prefix “{blueprint.prefix}”: two to four lowercase letters are needed")
    if blueprint.icon not in icon_names():
        raise Broken(f"there is no drawing “{blueprint.icon}” (souk/ui/vendor.json lists them)")
    if not 0 < blueprint.port < 2**16:
        raise Broken(f"{blueprint.port} is no TCP port")
    others = [each for key, each in registry.blueprints().items() if key != blueprint.key]
    for other in others:
        if other.prefix == blueprint.prefix:
            raise Broken(f"the blueprint “{other.key}” has the prefix “{other.prefix}” too")
        if other.recipe.alias == blueprint.recipe.alias:
            raise Broken(f"the blueprint “{other.key}” has the image “{other.recipe.alias}” too")
    return f"{blueprint.key}, {blueprint.prefix}-, port {blueprint.port}"


def _complete(blueprint: Blueprint) -> str:
    wanted = sorted(name for name in vars(Blueprint) if not name.startswith("_"))
    missing = [name for name in wanted if not hasattr(blueprint, name)]
    if missing:
        raise Broken(f"missing: {', '.join(missing)}")
    offered = [name for name in wanted if name in _ABILITIES and getattr(blueprint, name) is not None]
    return f"it adds {', '.join(offered)}" if offered else "the least that a blueprint is"


_ABILITIES = {
    *("identity", "beginner", "binder", "keeper", "archivist", "brancher", "snapshots", "exporter"),
    *("high_availability", "succession", "upgrader", "observer", "warmer"),
}


def _schema(blueprint: Blueprint) -> str:
    schema = blueprint.schema()
    try:
        Draft202012Validator.check_schema(dict(schema))
    except SchemaError as error:
        raise Broken(f"it is no JSON Schema: {error.message}") from error
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        raise Broken('it must have "type": "object" and "additionalProperties": false')
    for name, rule in schema.get("properties", {}).items():
        if not rule.get("title"):
            raise Broken(f"the parameter “{name}” has no title")
    try:
        example(blueprint)
    except InvalidParameters as error:
        raise Broken(f'the first of its "examples", or nothing at all, does not fit: {error}') from error
    return f"{len(schema.get('properties', {}))} parameters"


def _translated(blueprint: Blueprint) -> str:
    words = sorted(_words(blueprint.schema()))
    folder = Path(str(sys.modules[type(blueprint).__module__].__file__)).parent / "locale"
    for language in ("fr", "ar") if words else ():
        try:
            told = gettext.translation("django", folder, [language])
        except OSError:
            raise Broken(f"there is no {folder / language}/LC_MESSAGES/django.mo") from None
        told.add_fallback(_Untold())
        shared = trans_real.translation(language)
        if untold := [word for word in words if not told.gettext(word) and shared.gettext(word) == word]:
            raise Broken(f"{language}: “{untold[0]}” is not translated")
    return f"{len(words)} texts"


class _Untold(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        del message
        return ""


def _words(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {word for each in schema for word in _words(each)}
    if not isinstance(schema, dict):
        return set()
    own = {value for key, value in schema.items() if key in {"title", "description"} and isinstance(value, str)}
    return own - {""} | {word for value in schema.values() for word in _words(value)}


def _offering(blueprint: Blueprint) -> str:
    offering = blueprint.starting_offering
    if offering is None:
        raise Absent("it has no starting offering: nobody can order it")
    for language in LANGUAGES:
        texts = offering.texts.get(language, {})
        if empty := [name for name in ("name", "summary", "description") if not texts.get(name)]:
            raise Broken(f"{language}: {', '.join(empty)} missing")
    if len(offering.plans) < _LEAST_PLANS:
        raise Broken(f"it has {len(offering.plans)} plans, {_LEAST_PLANS} are needed")
    _prices(offering)
    return ", ".join(plan.key for plan in offering.plans)


def _prices(offering: StartingOffering) -> None:
    for plan in offering.plans:
        if Decimal(plan.per_month) > SHORTEST_MONTH_HOURS * Decimal(plan.per_hour):
            raise Broken(f"plan {plan.key}: its month costs more than {SHORTEST_MONTH_HOURS} hours")


def _limits(blueprint: Blueprint) -> str:
    offering = blueprint.starting_offering
    if offering is None:
        raise Absent("it has no plans")
    given = [blueprint.limits(plan.size) for plan in offering.plans if plan.size.members == 1]
    for plan, limits in zip((each for each in offering.plans if each.size.members == 1), given, strict=True):
        if limits.disk < plan.size.disk or limits.memory < plan.size.memory or limits.vcpus < plan.size.vcpus:
            raise Broken(f"plan {plan.key}: the machine gets less than is sold")
    for smaller, larger in pairwise(given):
        if (larger.memory, larger.disk) < (smaller.memory, smaller.disk):
            raise Broken("plans must come from the smallest to the largest")
    return f"{len(given)} sizes"


def _recipe(blueprint: Blueprint) -> str:
    try:
        recipe = blueprint.recipe
        digest = recipe.digest
    except (InvalidRecipe, OSError) as error:
        raise Broken(str(error)) from error
    there = {path for path, _ in recipe.files()}
    if missing := [path for path in recipe.executables if path not in there]:
        raise Broken(f"executables that are not among its files: {', '.join(missing)}")
    return f"{recipe.alias}, {len(recipe.packages)} packages, {digest[:12]}"
