"""What stops a command: each carries one sentence for the person at the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from souk.cli.language import _


class Stopped(Exception):
    """The command can't go on; the message says why and what to do."""

    exit_code = 1


class Unreachable(Stopped):
    """The server does not answer."""

    def __init__(self, server: str) -> None:
        super().__init__(
            _("{server} does not answer. Check the address and your network, then try again.").format(server=server)
        )


class Refused(Stopped):
    """The server answered with a problem; `type` is its last path segment."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.type = str(problem.get("type", "")).rpartition(":")[2]
        self.problem = dict(problem)
        super().__init__(_sentence(status, problem))


def _sentence(status: int, problem: Mapping[str, Any]) -> str:
    sentence = str(problem.get("title") or _("The server refused with status {status}.").format(status=status))
    faults = "; ".join(f"{fault['field']}: {fault['reason']}" for fault in problem.get("faults", []))
    if faults:
        sentence += f" ({faults})"
    if str(problem.get("type", "")).endswith(":not-signed-in"):
        sentence += " " + _("Sign in with `souk login`.")
    if status >= 500 and problem.get("request_id"):
        sentence += " " + _("Request {identifier}.").format(identifier=problem["request_id"])
    return sentence
