"""`make bench`: run every script in `bench/`, keep what each measured in `bench/results/NAME.json`.

A script prints one JSON value on its standard output: a figure, or a list of figures, each with `figure`,
`unit`, what it was compared to (`floor` or `peer`) and the `ratio`. What it says on standard error is shown.
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

from install import application
from install.here import CHECKOUT
from install.shell import attempt, clean_environment
from install.steps import Steps
from install.testing import BIN, prepare


def bench(ns: Any, steps: Steps) -> int:
    """Set up what they measure, run them all; returns 1 if one failed."""
    prepare(ns, steps)
    results = CHECKOUT / "bench" / "results"
    results.mkdir(parents=True, exist_ok=True)
    commit = attempt("git", "-C", CHECKOUT, "rev-parse", "HEAD").stdout.strip() or "unknown"
    failed = 0
    for script in sorted((CHECKOUT / "bench").glob("[!_]*.py")):
        measured = _run(ns, script)
        if measured is None:
            failed += 1
            steps.say(f"  ✗ {script.stem} failed")
            continue
        report = {"command": f"make bench ({script.relative_to(CHECKOUT)})", "commit": commit, **measured}
        (results / f"{script.stem}.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
        steps.say(f"  ✓ {script.stem:<40} {measured['seconds']:6.1f} s   bench/results/{script.stem}.json")
    return 1 if failed else 0


def _run(ns: Any, script: Path) -> dict[str, Any] | None:
    told = {**application.settings(ns), "SOUK_PROCESS": "owner"}
    started = time.monotonic()
    done = subprocess.run(
        [str(BIN / "python"), str(script)],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=clean_environment(**told),
        cwd=CHECKOUT,
    )
    seconds = round(time.monotonic() - started, 1)
    try:
        figures = json.loads(done.stdout)
    except ValueError:
        return None
    found = figures if isinstance(figures, list) else [figures]
    return None if done.returncode else {"seconds": seconds, "figures": found}
