"""`make check`, `make test`, `make chaos`: what must hold, from the cheapest proof to the longest."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from install import application, lanes, lifecycle, tools, virtualenv
from install.failure import Failure
from install.here import CHECKOUT
from install.ledger import Ledger
from install.postgresql import Cluster
from install.shell import attempt, clean_environment
from install.steps import Progress, Steps

BIN = CHECKOUT / ".venv" / "bin"

_CHECKS = (
    ("Lint", ("ruff", "check", "--quiet")),
    ("Format", ("ruff", "format", "--check", "--quiet")),
    ("Types", ("mypy", "--no-error-summary")),
    ("Types of the installer", ("mypy", "--no-error-summary", "--strict", "--config-file=", "install")),
    ("Imports", ("lint-imports", "--no-logo")),
    ("Unit tests", ("pytest", "-q", "-n", "2", "tests/unit")),
)


def check(steps: Steps) -> int:
    """Lint, types, import contracts and unit tests; all run, whichever fails. Returns an exit status."""
    steps.step("Development environment", lambda _: virtualenv.development())
    problems = [failure for title, command in _CHECKS if (failure := _check(steps, title, command))]
    for problem in problems:
        print(f"\n{problem.detail}\n{problem.sentence}", file=sys.stderr)
    return 1 if problems else 0


def _check(steps: Steps, title: str, command: tuple[str, ...]) -> Failure | None:
    def work(_: Progress) -> None:
        done = attempt(BIN / command[0], *command[1:], cwd=CHECKOUT)
        if done.returncode:
            raise Failure(f"`{' '.join(command)}` failed.", detail=(done.stdout + done.stderr).strip())

    try:
        steps.step(title, work)
    except Failure as failure:
        return failure
    return None


def prepare(ns: Any, steps: Steps) -> int:
    """Set up what tests need, the engine and its images included; without root, all but those two.

    Raises:
        Failure: something can't be set up; the engine only counts in continuous integration.
    """
    ledger = Ledger()
    if os.geteuid() == 0:
        lifecycle.ground(ns, ledger, steps, purpose="test")
    else:
        lifecycle.private_ground(ns, steps)
    steps.step("Development environment", lambda _: virtualenv.development())
    steps.step("PostgreSQL", lambda _: Cluster(ns).ensure())
    if os.geteuid() == 0:
        _prepare_engine(ns, ledger, steps)
    return 0


def _prepare_lane(ns: Any, steps: Steps) -> None:
    """Set up the second namespace that the engine's tests run in."""
    steps.say(f"    The same for {ns.name}, where engine tests run beside:")
    ledger = Ledger()
    ledger.enter(ns.name, state=str(ns.state), run=str(ns.run), checkout=str(CHECKOUT))
    steps.step("Folders and keys", lambda _: lifecycle.folders_and_keys(ns))
    steps.step("PostgreSQL", lambda _: Cluster(ns).ensure())
    _prepare_engine(ns, ledger, steps)


def _prepare_engine(ns: Any, ledger: Ledger, steps: Steps) -> None:
    try:
        lifecycle.engine(ns, ledger, steps)
        lifecycle.images(ns, steps, BIN / "souk-manage", recorded=False)
    except Failure as failure:
        if os.environ.get("CI"):
            raise
        steps.say(f"    {failure.sentence} Tests that need a real engine will be skipped.")


def test(ns: Any, steps: Steps) -> int:
    """Set up, then run every suite; returns pytest's worst exit status."""
    prepare(ns, steps)
    lane = lanes.second(ns) if lanes.possible() else None
    if lane:
        _prepare_lane(lane, steps)
    side_by_side = _suites("unit", "database")
    status = _pytest(ns, "-n", "2", "-m", "not chaos", *side_by_side) if side_by_side else 0
    return max(status, _waiting_suites(ns, lane))


def _waiting_suites(ns: Any, lane: Any) -> int:
    """The suites that mostly wait, for a real engine (in two lanes, if there is a second) and a real browser, beside
    each other; the browser's output is told when both have ended. What fails is run once more, by itself, and said to
    have been.
    """
    beside = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder") if lane else ()
    with ThreadPoolExecutor() as pool:
        quiet = {suite: pool.submit(_pytest, ns, "-m", "not chaos", suite, quiet=True) for suite in _suites("browser")}
        slowest = ("--durations=25", "--durations-min=20")
        outcomes = {
            suite: _pytest(ns, "-m", "not chaos", *beside, *slowest, suite, lane=lane) for suite in _suites("engine")
        }
        outcomes |= {suite: one.result() for suite, one in quiet.items()}
    return max((_second_look(ns, suite, status) for suite, status in outcomes.items()), default=0)


def _second_look(ns: Any, suite: str, status: int) -> int:
    if status != 1:
        return status
    print(
        f"\nSome tests of {suite} failed; they alone are run again. One that passes now is unsteady: mend it.",
        flush=True,
    )
    return _pytest(ns, "-m", "not chaos", "--last-failed", suite)


def chaos(ns: Any, steps: Steps) -> int:
    """The full fault counts, and workers killed at each boundary, not at some; returns pytest's exit status."""
    prepare(ns, steps)
    everywhere = _pytest(ns, "-n", "2", "-k", "killed", "tests/database", more={"SOUK_STRIDE": "1"})
    return max(everywhere, _pytest(ns, "-s", "-m", "chaos", "tests/chaos", "tests/engine"))


def _suites(*names: str) -> list[str]:
    """Those of the test folders that hold tests."""
    folders = [Path("tests") / name for name in names]
    return [str(folder) for folder in folders if any((CHECKOUT / folder).rglob("test_*.py"))]


def _pytest(ns: Any, *words: str, quiet: bool = False, lane: Any = None, more: Mapping[str, str] | None = None) -> int:
    """Run pytest, its second process in `lane` if there is one, with `more` in its environment; `quiet` keeps what it
    prints until it has ended. Returns its exit status, 0 if it found no test.
    """
    told = {
        **application.settings(ns),
        "DJANGO_SETTINGS_MODULE": "souk.settings.testing",
        "SOUK_PROCESS": "owner",
        **(more or {}),
    }
    if os.environ.get("CI"):
        told["SOUK_REQUIRE_ENGINE"] = "1"
    if lane:
        told |= lanes.told(lane)
    command = [str(BIN / "pytest"), "-q", "--color=auto", "-o", f"cache_dir={_cache(words[-1])}", *words]
    done = subprocess.run(
        command, check=False, env=clean_environment(**told), cwd=CHECKOUT, capture_output=quiet, text=True
    )
    if quiet:
        print(done.stdout + done.stderr, flush=True)
    return 0 if done.returncode == 5 else done.returncode


def _cache(suite: str) -> Path:
    """Where pytest remembers what failed: suites that run at once would overwrite each other's memory."""
    return CHECKOUT / ".pytest_cache" / Path(suite).name


def locale(steps: Steps) -> int:
    """`make locale`: compile the translations."""
    tools.ensure()
    steps.say(f"{tools.compile_translations()} translations compiled")
    return 0
