"""Running other programs: quiet when they succeed, quoted when they fail."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from install.failure import Failure

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""A search path that also finds the administrator's tools when the caller's shell does not have it."""


def clean_environment(**extra: str) -> dict[str, str]:
    """This process's environment without what bends a child's Python, in a UTF-8 locale, plus `extra`."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return {**inherited, "PATH": PATH, "LC_ALL": "C.UTF-8", **extra}


def attempt(
    *command: str | Path,
    text: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `command`, its standard input being `text` or nothing, and return it however it ended.

    Raises:
        Failure: the program is not on this machine.
    """
    try:
        return subprocess.run(
            [str(word) for word in command],
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            check=False,
            env=dict(env) if env is not None else clean_environment(),
            cwd=cwd,
        )
    except FileNotFoundError as missing:
        raise Failure(f"The program {command[0]} is not installed.", "Run `make run` again.") from missing


def run(
    *command: str | Path,
    text: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run `command` and return what it printed.

    Raises:
        Failure: it is missing or ended with an error; the detail holds the end of its output.
    """
    done = attempt(*command, text=text, env=env, cwd=cwd)
    if done.returncode:
        raise Failure(
            f"`{' '.join(str(word) for word in command[:4])}` failed with status {done.returncode}.",
            detail=tail(done.stderr or done.stdout),
        )
    return done.stdout


def tail(output: str, lines: int = 15) -> str:
    """The last `lines` lines of `output`."""
    return "\n".join(output.strip().splitlines()[-lines:])
