"""The real web and worker processes, started as the installer starts them, and what they use of the machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from install.application import web_command

from support.ground import Ground

PYTHON = Path(sys.executable)
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A process with its children, by process id."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    port: int = 0

    def tree(self) -> list[int]:
        """Its process id and those of all below it."""
        return descendants(self.process.pid)

    def cpu_seconds(self) -> float:
        """Processor time, user and system, of the process and its children, ended ones included."""
        return sum(processor_seconds(pid) for pid in self.tree())

    def memory(self) -> int:
        """Bytes of memory in proportion to how it is shared (PSS), of the process and its children."""
        return sum(_pss(pid) for pid in self.tree())

    def resident(self) -> int:
        """Bytes resident (RSS), of the process and its children; what they share is counted for each."""
        return sum(_status(pid, "VmRSS") for pid in self.tree())


@contextmanager
def web(ground: Ground, workers: int = 2, **told: str) -> Iterator[Running]:
    """The console and the API on a loopback port of their own, ready to answer."""
    port = free_port()
    command = web_command(PYTHON, port, workers)
    with _run("web", ground, command, ground.environment("web", **told), port) as running:
        _until_answering(running, "/healthz")
        yield running


@contextmanager
def bare_web(ground: Ground, target: str, workers: int = 2, **told: str) -> Iterator[Running]:
    """Another WSGI application in the same server with the same settings."""
    port = free_port()
    command = [*web_command(PYTHON, port, workers)[:-1], target]
    environment = {**ground.environment("web", **told), "PYTHONPATH": str(Path(__file__).parents[1])}
    with _run("bare", ground, command, environment, port) as running:
        _until_answering(running, "/")
        yield running


@contextmanager
def worker(ground: Ground, **told: str) -> Iterator[Running]:
    """The worker. It is at work when its first listing of the engine is over: wait for what you need."""
    command = (str(PYTHON.with_name("souk-manage")), "worker")
    with _run("worker", ground, command, ground.environment("worker", **told)) as running:
        yield running


@contextmanager
def _run(name: str, ground: Ground, command: Any, environment: dict[str, str], port: int = 0) -> Iterator[Running]:
    log = ground.folder / f"{name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, cwd=ground.folder
        )
    try:
        yield Running(name, process, log, port)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    below = descendants(process.pid)[1:]
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in below:
        if _parent(pid) == 1:
            os.kill(pid, signal.SIGKILL)


def _until_answering(running: Running, path: str, within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and running.process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{running.port}{path}", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"{running.name} does not answer:\n{running.log.read_text()[-2000:]}")


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """`pid` and every process below it."""
    found = [pid]
    for parent in found:
        try:
            lists = [path.read_text() for path in Path(f"/proc/{parent}/task").glob("*/children")]
        except OSError:
            continue
        found += [int(child) for children in lists for child in children.split()]
    return found


def processor_seconds(pid: int) -> float:
    """Processor time, user and system, of one process and of its children that have ended."""
    fields = _stat(pid)
    return sum(int(value) for value in fields[11:15]) / _TICK if fields else 0.0


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` after the program's name: state, parent, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _pss(pid: int) -> int:
    return _kibibytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss")


def _status(pid: int, key: str) -> int:
    return _kibibytes(Path(f"/proc/{pid}/status"), key)


def _kibibytes(path: Path, key: str) -> int:
    try:
        for line in path.read_text().splitlines():
            if line.startswith(f"{key}:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
