"""Who may see what the load balancer tells of itself: kept here, and written down as HAProxy reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from machine import write

FOLDER = "/etc/souk/balancer"
READ = FOLDER + "/people.cfg"
_KEPT = FOLDER + "/people.json"


def kept() -> dict[str, str]:
    """Passwords by name."""
    try:
        with open(_KEPT, encoding="utf-8") as file:
            found: dict[str, str] = json.load(file)
    except (OSError, ValueError):
        return {}
    return found


def have(name: str, password: str) -> bool:
    """Let somebody in with this password, or no more without one. Returns whether HAProxy is to be told."""
    people = {each: word for each, word in kept().items() if each != name}
    return adopt({**people, name: password} if password else people)


def adopt(people: Mapping[str, str]) -> bool:
    """Let these people in, and nobody else. Returns whether HAProxy is to be told."""
    write(_KEPT, json.dumps(people), "root")
    users = [f"  user {name} insecure-password {quoted(word)}\n" for name, word in sorted(people.items())]
    return bool(write(READ, "userlist people\n" + "".join(users), "root"))


def quoted(text: str) -> str:
    """A word of which nothing is read as anything but itself."""
    return "'" + text.replace("'", "'\\''") + "'"
