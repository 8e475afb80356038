"""Long-running processes: started fully detached, recognized by pid *and* start time, ended by pid.

A pid file holds `PID START`, START being the process's start time in clock ticks since boot
(`/proc/PID/stat`, field 22), so a recycled pid is never taken for ours.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from install.failure import Failure
from install.shell import clean_environment, tail

LONGEST_LOG = 20 << 20
"""A log longer than this many bytes is put aside when its process starts."""


@dataclass(frozen=True)
class Daemon:
    """A process we run: its pid file and its log."""

    name: str
    pidfile: Path
    log: Path

    def pid(self) -> int | None:
        """Its process id while it runs."""
        try:
            pid, started = (int(word) for word in self.pidfile.read_text().split())
        except (FileNotFoundError, ValueError):
            return None
        return pid if started_at(pid) == started else None

    def start(
        self, command: Sequence[str | Path], *, user: str | None = None, env: Mapping[str, str] | None = None
    ) -> int:
        """Start `command` in a session of its own, as `user`, unless it runs already; return its pid."""
        running = self.pid()
        if running:
            return running
        self.pidfile.parent.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        words = [str(word) for word in command]
        if user:
            words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *words]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env=dict(env) if env is not None else clean_environment(),
            )
        self.adopt(process.pid)
        return process.pid

    def adopt(self, pid: int) -> None:
        """Take a process that started itself for ours."""
        self.pidfile.parent.mkdir(parents=True, exist_ok=True)
        self.pidfile.write_text(f"{pid} {started_at(pid)}\n")

    def stop(self, sign: signal.Signals = signal.SIGTERM, patience: float = 30) -> bool:
        """End it: politely, and after `patience` seconds by SIGKILL. False where it did not run."""
        pid = self.pid()
        if pid:
            for asked in (sign, signal.SIGKILL):
                try:
                    os.kill(pid, asked)
                except ProcessLookupError:
                    break
                if wait_until(lambda: self.pid() is None, patience):
                    break
        self.pidfile.unlink(missing_ok=True)
        return pid is not None

    def failure(self, sentence: str) -> Failure:
        """A failure that quotes the end of this daemon's log."""
        said = tail(self.log.read_text(errors="replace")) if self.log.exists() else ""
        return Failure(sentence, f"Its log is {self.log}.", said)


def started_at(pid: int) -> int | None:
    """When a process started, in clock ticks since boot; None where there is none, or only a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Look again and again for up to `seconds`; whether `true` became so."""
    deadline = time.monotonic() + seconds
    pause = 0.02
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)
    return True
