"""What stops a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Failed(Exception):
    """A call did not do what it was for."""


class Unreachable(Failed):
    """The server does not answer."""

    def __init__(self, server: str) -> None:
        self.server = server
        super().__init__(f"{server} does not answer.")


class Foreign(Failed):
    """What answers at the server's address is not Souk."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__("What answers there is not Souk.")


class Refused(Failed):
    """The server answered with a problem: `problem` is all of it (RFC 9457), `type` the last part of its type, such as
    `wrong-credentials`, and the exception's text is its title, in the language asked for.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.type = str(problem.get("type", "")).rpartition(":")[2]
        self.problem = dict(problem)
        super().__init__(str(problem.get("title") or f"The server refused with status {status}."))
