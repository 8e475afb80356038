"""Programs in a service's machine that read one JSON document and answer with another."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from souk.engines.contract import Execution
from souk.provisioning.contract import ConfigurationFailed, Declined, Guest

_MISSING = 127


class ProgramMissing(ConfigurationFailed):
    """The machine's image has no such program."""


def run(
    guest: Guest,
    program: str | Sequence[str],
    document: Mapping[str, Any],
    *,
    timeout: float,
    refusals: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Run a program of the image with secrets on its input only, and return its answer. `timeout` is in seconds.
    Instead of a program's path a whole command may be given.

    `refusals` are message ids by the word that the program declines with.

    Raises:
        Declined: the program can't do what was asked, for one of these reasons.
        ProgramMissing: it is not there.
        ConfigurationFailed: it failed; the message holds no secret.
    """
    command = [program] if isinstance(program, str) else list(program)
    done = guest.execute(command, stdin=json.dumps(document).encode(), timeout=timeout)
    answer = _answer(done)
    if done.exit_code == 0:
        return answer
    if done.exit_code == _MISSING:
        raise ProgramMissing(_complaint(command[0], done, answer))
    if (word := answer.get("declined")) in (refusals or {}):
        raise Declined((refusals or {})[str(word)])
    raise ConfigurationFailed(_complaint(command[0], done, answer))


_RUN = (
    "import io, json, sys; told = json.load(sys.stdin); program = told.pop('program');"
    " sys.stdin = io.StringIO(json.dumps(told)); exec(compile(program, 'brought', 'exec'))"
)


def bring(guest: Guest, program: Path, document: Mapping[str, Any], *, within: float) -> dict[str, Any]:
    """Run a program as it is now: the machine may be older than it. It comes with what it is told, since the engine
    tells everybody the commands that it runs, and gives up by itself before `within` seconds are over.

    Raises:
        ConfigurationFailed.
    """
    told = {**document, "timeout": within - 10, "program": text(program)}
    return run(guest, ["/usr/bin/python3", "-IS", "-c", _RUN], told, timeout=within)


@functools.cache
def text(program: Path) -> str:
    """A program, as it lies here."""
    return program.read_text(encoding="utf-8")


def _answer(done: Execution) -> dict[str, Any]:
    try:
        answer = json.loads(done.stdout)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _complaint(program: str, done: Execution, answer: Mapping[str, Any]) -> str:
    """The guest's own sentence, or how it ended."""
    return str(answer.get("error") or done.stderr.strip()[-500:] or f"{program} ended with {done.exit_code}")
