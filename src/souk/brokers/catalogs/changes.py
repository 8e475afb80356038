"""What became different from one catalog to the next, for whoever decides whether it is sold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_OF_SERVICE = ("name", "title", "description", "long", "bindable")
_OF_PLAN = (
    *("name", "title", "description", "bullets", "costs", "bindable", "plan_updateable"),
    *("maximum_polling_duration", "maintenance", "create", "update", "bind"),
)


@dataclass(frozen=True)
class Change:
    """Something that became different: `kind` is service_added, service_removed, plan_added, plan_removed or a field's
    name; of a field, what it was and what it is, as they are.
    """

    kind: str
    service: str
    plan: str = ""
    before: Any = None
    after: Any = None


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[Change]:
    """What an accepted catalog (None: there was none) lacks of a new one, and the other way round."""
    return list(_changes(before or {"services": []}, after))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _by_id(before["services"]), _by_id(after["services"])
    for key in old.keys() - new.keys():
        yield Change("service_removed", old[key]["title"])
    for key, service in new.items():
        if key not in old:
            yield Change("service_added", service["title"])
            for plan in service["plans"]:
                yield Change("plan_added", service["title"], plan["title"], after=plan["costs"])
            continue
        yield from _fields(_OF_SERVICE, old[key], service, service["title"])
        yield from _plans(old[key], service)


def _plans(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _by_id(before["plans"]), _by_id(after["plans"])
    for key in old.keys() - new.keys():
        yield Change("plan_removed", after["title"], old[key]["title"])
    for key, plan in new.items():
        if key not in old:
            yield Change("plan_added", after["title"], plan["title"], after=plan["costs"])
        else:
            yield from _fields(_OF_PLAN, old[key], plan, after["title"], plan["title"])


def _fields(
    names: tuple[str, ...], before: Mapping[str, Any], after: Mapping[str, Any], service: str, plan: str = ""
) -> Iterator[Change]:
    for name in names:
        if before[name] != after[name]:
            yield Change(name, service, plan, before[name], after[name])


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}
