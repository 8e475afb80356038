"""A figure, what it was measured beside, and the machine it was measured on, as one JSON document."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import CHECKOUT


@dataclass(frozen=True)
class Target:
    """What a value must be: at most or at least `bound`. `of` says which value: `figure`, `ratio` or a detail's key."""

    of: str
    bound: float
    at_least: bool = False

    def told(self, value: float) -> dict[str, Any]:
        """The target with the value it judges."""
        met = value >= self.bound if self.at_least else value <= self.bound
        return {"of": self.of, "at_least" if self.at_least else "at_most": self.bound, "value": value, "met": met}


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its floor: the same work with nothing of Souk around it.

    `ratio` is figure to floor. `details` are further values of the same run; a target may name one of them.
    """

    name: str
    figure: float
    unit: str
    floor: float
    floor_is: str
    ratio: float
    targets: Sequence[Target] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """Plain JSON."""
        values = {**self.details, "figure": self.figure, "ratio": self.ratio}
        return {
            "name": self.name,
            "figure": significant(self.figure),
            "unit": self.unit,
            "floor": significant(self.floor),
            "floor_is": self.floor_is,
            "ratio": round(self.ratio, 3),
            "targets": [target.told(round(float(values[target.of]), 4)) for target in self.targets],
            "details": dict(self.details),
        }


def significant(value: float, digits: int = 4) -> float:
    """`value` with as many digits as a measurement is worth."""
    return float(f"{value:.{digits}g}")


def machine(load_before: tuple[float, float, float]) -> dict[str, Any]:
    """Where this was measured, and how busy it was: load averages over 1, 5 and 15 minutes, before and after."""
    model = next((line for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ":").partition(":")[2]
    memory = next((line for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "MemTotal: 0").split()[1]
    return {
        "processors": os.cpu_count(),
        "processor": model.strip(),
        "memory_mib": int(memory) // 1024,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": [round(value, 2) for value in load_before],
        "load_after": [round(value, 2) for value in os.getloadavg()],
    }


def publish(figures: Sequence[Figure], load_before: tuple[float, float, float]) -> None:
    """Print the figures as JSON on standard output, and a line for a person on standard error."""
    told = []
    for figure in figures:
        row = figure.told()
        told.append({**row, "command": _command(), "commit": _commit(), "machine": machine(load_before)})
        missed = [target for target in row["targets"] if not target["met"]]
        mark = "✗" if missed else "✓"
        say(f"{mark} {figure.name}: {row['figure']} {figure.unit}, floor {row['floor']}, ratio {row['ratio']}")
        for target in row["targets"]:
            say(f"    {target}")
    print(json.dumps(told, indent=2, ensure_ascii=False))


def say(sentence: str) -> None:
    """Tell a person how far it is."""
    print(sentence, file=sys.stderr, flush=True)


def _command() -> str:
    script = Path(sys.argv[0]).resolve()
    shown = script.relative_to(CHECKOUT) if script.is_relative_to(CHECKOUT) else script
    return " ".join(["python", str(shown), *sys.argv[1:]])


def _commit() -> str:
    done = subprocess.run(["git", "-C", CHECKOUT, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
