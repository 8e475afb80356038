"""What a file does not name, and is to go."""

from __future__ import annotations

from collections.abc import Iterator

from souk.cli.language import _
from souk.cli.stack.changes import KEPT, Catalogue, Change
from souk.cli.stack.hindrances import asleep
from souk.cli.stack.parts import Service, There


def deleted(name: str, there: There) -> list[Change]:
    """The deletion of a service."""
    return [Change("delete", "service", name, obstacle=_protected(name) if there.service["protected"] else "")]


def _protected(name: str) -> str:
    return _("It is protected, and stays. `souk services unprotect {name}` gives that up.").format(name=name)


def pruned(name: str, wanted: Service, there: There, offerings: Catalogue) -> Iterator[Change]:
    """Bindings, names, zones and databases that the file does not name, of services of which it names some."""
    now = there.service
    if "bindings" in wanted:
        left = [each for each in now["bindings"] if each not in wanted["bindings"]]
        yield from (Change("delete", "service", name, f"bindings.{each}", now["bindings"][each]) for each in left)
    if "names" in wanted:
        left = [each for each in now["names"] if each not in wanted["names"]]
        yield from (Change("delete", "service", name, "names", each) for each in left)
    if "zones" in wanted:
        left = [each for each in now["zones"] if each not in wanted["zones"]]
        yield from (Change("delete", "service", name, f"zones.{each}", now["zones"][each]) for each in left)
    for key, value in wanted.get("parameters", {}).items():
        before = now["parameters"].get(key)
        gone = [each for each in before if each not in value] if isinstance(before, list) else []
        if not gone or not isinstance(value, list) or not now["offering"]:
            continue
        if offerings(now["marketplace"], now["offering"])["parameters"].get("properties", {}).get(key, {}).get(KEPT):
            for each in gone:
                obstacle = _staying(name, each, wanted, there)
                yield Change("delete", "service", name, f"parameters.{key}", each, obstacle=obstacle)


def _staying(name: str, database: str, wanted: Service, there: There) -> str:
    """Why a database can't be deleted."""
    now = there.service
    if now["protected"]:
        return _protected(name)
    if database == there.first:
        return _("The first one stays as long as its service does.")
    left = wanted.get("bindings", now["bindings"])
    used = sorted(each for each, told in now["bindings"].items() if told["database"] == database and each in left)
    if used:
        said = _("These credentials sign in to it: {names}. Take them out of the file first.")
        return said.format(names=", ".join(used))
    return asleep(wanted, now)
