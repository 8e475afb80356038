"""Other people's programs, run in the foreground until they end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(program: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Run a program until it ends; its exit status. Ctrl-C belongs to it: we only wait."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with subprocess.Popen([program, *arguments], env=environment, preexec_fn=_listen) as child:
            return child.wait()
    finally:
        signal.signal(signal.SIGINT, before)


def runtime_folder() -> str | None:
    """The user's own runtime folder, which lies in memory, where there is one."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return runtime if runtime and os.access(runtime, os.W_OK) else None


def write_privately(path: Path, text: str) -> None:
    """Make a file that its owner alone may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)


def _listen() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
