"""`souk blueprint check`: a blueprint tried out in a namespace of its own, on this host's engine."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from install import application, lanes, lifecycle, tools, virtualenv
from install.failure import Failure
from install.here import CHECKOUT
from install.ledger import Ledger
from install.postgresql import DATABASE, Cluster
from install.steps import Steps


def check(ns: Any, steps: Steps) -> int:
    """Have a platform that never sold anything, and check the blueprint that `BLUEPRINT` names, by its package's folder
    or its key, on it. `JSON=yes` prints the findings as JSON. Returns an exit status.

    Raises:
        Failure: nothing is named, another one is being checked, or there is no root or no engine.
    """
    place = os.environ.get("BLUEPRINT", "")
    if not place:
        raise Failure("No blueprint is named.", "souk blueprint check FOLDER")
    lifecycle.require_root("Checking a blueprint")
    for chosen in ("SOUK_SUBNET", "SOUK_WEB_PORT"):
        os.environ.pop(chosen, None)  # what somebody chose is the installation's
    with alone():
        return _check(ns, steps, place)


def _check(ns: Any, steps: Steps, place: str) -> int:
    here, ledger = lanes.trial(ns), Ledger()
    program = virtualenv.python(ns)
    if not program.exists():
        program = CHECKOUT / ".venv" / "bin" / "python"
    ledger.enter(here.name, state=str(here.state), run=str(here.run), checkout=str(CHECKOUT))
    lifecycle.ground(here, ledger, steps, purpose="run")
    lifecycle.engine(here, ledger, steps)
    steps.step("PostgreSQL", lambda _: _empty(here))
    if Path(place).is_dir():
        tools.ensure()
        steps.step("Translations", lambda _: f"{tools.compile_translations(Path(place))} compiled")
    manage = program.with_name("souk-manage")
    steps.step("Database schema", lambda _: application.manage(here, "migrate", "--no-input", program=manage))
    steps.step("Starting catalogue", lambda _: application.manage(here, "seed", program=manage))
    steps.say()
    words = ["--json"] if os.environ.get("JSON") == "yes" else []
    environment = {**application.environment(here, "owner"), "SOUK_WARM_MOST": "0", "SOUK_OBJECT_STORAGE": "own"}
    return subprocess.run([program, "-m", "souk.kit", place, *words], check=False, env=environment).returncode


@contextmanager
def alone(checkout: Path = CHECKOUT) -> Iterator[None]:
    """Keep others out of the place where a checkout tries blueprints out: two would delete each other's machines and
    database.

    Raises:
        Failure: somebody is at it.
    """
    folder = os.open(checkout, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Failure("Another blueprint is being checked in this checkout.", "Run it again after that.") from busy
        yield
    finally:
        os.close(folder)


def _empty(here: Any) -> str:
    """A database in which nothing has happened."""
    cluster = Cluster(here)
    cluster.ensure()
    cluster.sql(f"drop database {DATABASE} with (force)")
    return cluster.ensure()
