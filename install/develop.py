"""`make dev`: the console for a person without root, on a simulated engine and a private PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

from install import application, lifecycle, virtualenv
from install.daemons import wait_until
from install.failure import Failure
from install.postgresql import Cluster
from install.shell import clean_environment
from install.steps import Steps
from install.testing import BIN


def develop(ns: Any, steps: Steps) -> int:
    """Run web and worker in the foreground, from the checkout's own code, until interrupted.

    Raises:
        Failure: called by root, or a stage failed.
    """
    if os.geteuid() == 0:
        raise Failure(
            "make dev is for a user without root: PostgreSQL refuses to run as root.",
            "As root, `make run` gives the real thing.",
        )
    lifecycle.private_ground(ns, steps)
    steps.step("Development environment", lambda _: virtualenv.development())
    steps.step("PostgreSQL", lambda _: Cluster(ns).ensure())
    os.environ["SOUK_ENGINE"] = "memory"
    told = {**application.settings(ns), "SOUK_ENGINE": "memory"}

    def manage(*words: str) -> str:
        return application.manage(ns, *words, program=BIN / "souk-manage")

    steps.step("Database schema", lambda _: manage("migrate", "--no-input"))
    steps.step("Starting catalogue", lambda _: manage("seed"))
    return _serve(ns, steps, told)


def _serve(ns: Any, steps: Steps, told: dict[str, str]) -> int:
    web = application.web_command(BIN / "python", ns.web_port, workers=1)
    processes = [
        _spawn(web, {**told, "SOUK_PROCESS": "web"}),
        _spawn([str(BIN / "souk-manage"), "worker"], {**told, "SOUK_PROCESS": "worker"}),
    ]
    try:
        if wait_until(lambda: application.healthy(ns.web_port) or _ended(processes), 60) and not _ended(processes):
            steps.say(f"\n  Console   http://127.0.0.1:{ns.web_port}/   (a simulation; Ctrl-C ends it)")
        while not _ended(processes):
            time.sleep(0.2)
    except KeyboardInterrupt:
        steps.say()
    _end(processes)
    Cluster(ns).service().stop()
    return 0


def _spawn(command: list[str] | tuple[str, ...], told: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, env=clean_environment(**told), cwd="/")


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ended(processes: list[subprocess.Popen[bytes]]) -> bool:
    return any(process.poll() is not None for process in processes)


def private_folders(name: str) -> dict[str, str]:
    """Where a user without root keeps a namespace: `~/.local/state` and the session's runtime folder."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "souk" / name
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    run = Path(runtime) / "souk" / name if runtime and Path(runtime).is_dir() else state / "run"
    return {"SOUK_STATE": str(state), "SOUK_RUN": str(run)}
