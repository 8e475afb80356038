"""What answers when a command is run in a machine that isn't there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from souk.engines.contract import MOST_SAID, Execution

Program = Callable[[Sequence[str], bytes], Execution]
"""A pretended program: arguments after its name, and standard input."""

MISSING = 127


class Guest(Protocol):
    """What runs inside a simulated machine."""

    def __call__(self, machine: str, command: Sequence[str], stdin: bytes) -> Execution:
        """Run a command in `machine`."""


class ToyGuest:
    """A guest that knows a few programs. Those below `/usr/lib/souk/`, and what comes as Python, succeed and answer an
    empty JSON object."""

    def __init__(self, programs: dict[str, Program] | None = None) -> None:
        self.programs: dict[str, Program] = {
            "true": lambda _arguments, _stdin: Execution(0, "", ""),
            "false": lambda _arguments, _stdin: Execution(1, "", ""),
            "cat": lambda _arguments, stdin: Execution(0, stdin.decode(errors="replace"), ""),
            "echo": lambda arguments, _stdin: Execution(0, " ".join(arguments) + "\n", ""),
            "sh": _sh,
            **(programs or {}),
        }

    def __call__(self, machine: str, command: Sequence[str], stdin: bytes) -> Execution:  # noqa: ARG002
        """Run a command in `machine`."""
        name = command[0]
        if program := self.programs.get(name):
            return program(command[1:], stdin)
        if name.startswith(("/usr/lib/souk/", "/usr/bin/python3")):
            return Execution(0, "{}\n", "")
        return Execution(MISSING, "", "Command not found")


def _sh(arguments: Sequence[str], _stdin: bytes) -> Execution:
    """As much of a shell as the contract suite uses: `exit N`, `kill -N $$`, and `yes`, as far as anybody listens."""
    script = arguments[-1] if arguments else ""
    if code := re.search(r"exit (\d+)", script):
        return Execution(int(code[1]), "", "")
    if script == "yes":
        return Execution(0, "y\n" * (MOST_SAID // 2 + 1), "")
    if number := re.search(r"kill -(\d+) \$\$", script):
        return Execution(128 + int(number[1]), "", "")
    return Execution(0, "", "")
