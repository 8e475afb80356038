"""Keeps one process running where no systemd does: `supervise.py USER[+CAPABILITY] COMMAND...` (USER `-`: the
caller).

Restarts it when it ends by itself, after a pause that doubles up to half a minute while it keeps failing;
SIGTERM ends both, the child by force if it takes too long. Should this process be killed, the kernel tells the child
to end.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from types import FrameType

_LONGEST_PAUSE = 30.0
_HEALTHY = 60.0
"""A process that ran this many seconds had started well: the pause begins anew."""

_PATIENCE = 25
"""A process that was told to end has this many seconds to finish what is in hand."""


def main(user: str, command: list[str], patience: int = _PATIENCE) -> int:
    """Run `command` until told to end; returns its last exit status."""
    stopping = threading.Event()
    words = ["setpriv", "--pdeathsig=TERM"]
    if user != "-":
        name, _, capability = user.partition("+")
        words += [f"--reuid={name}", f"--regid={name}", "--init-groups"]
        if capability:
            granted = "+" + capability.removeprefix("cap_")
            words += [f"--inh-caps={granted}", f"--ambient-caps={granted}"]
    child: subprocess.Popen[bytes] | None = None

    def end(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()
        if child is not None:
            child.terminate()
            signal.alarm(patience)

    def insist(_signal: int, _frame: FrameType | None) -> None:
        if child is not None:
            child.kill()

    signal.signal(signal.SIGALRM, insist)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    pause = 0.5
    while not stopping.is_set():
        started = time.monotonic()
        child = subprocess.Popen([*words, "--", *command], stdin=subprocess.DEVNULL)
        status = child.wait()
        if stopping.is_set():
            return status
        pause = 0.5 if time.monotonic() - started > _HEALTHY else min(pause * 2, _LONGEST_PAUSE)
        print(f"supervise: {command[0]} ended with status {status}; again in {pause:.0f} s", flush=True)
        stopping.wait(pause)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
