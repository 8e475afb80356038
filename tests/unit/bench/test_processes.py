"""What a process uses is read with all that runs below it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.processes import Running, descendants, free_port, processor_seconds

_PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]).wait()"
_CHILD = "sum(range(30_000_000)); print('done', flush=True); input()"


def test_children_count() -> None:
    command = [sys.executable, "-c", _PARENT.format(child=_CHILD)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        running = Running("parent", process, Path("/dev/null"))
        assert len(running.tree()) == 2
        assert running.cpu_seconds() > processor_seconds(process.pid) + 0.05
        assert running.resident() > running.memory() > 0
        process.stdin.close()


def test_a_process_that_is_gone_uses_nothing() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    assert (descendants(process.pid), processor_seconds(process.pid)) == ([process.pid], 0.0)


def test_our_own_time_is_the_systems() -> None:
    assert abs(processor_seconds(os.getpid()) - sum(os.times()[:4])) < 0.2


def test_a_free_port_can_be_listened_on() -> None:
    assert 1024 < free_port() < 65536
