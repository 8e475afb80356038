"""`python -m souk.kit PLACE`: check the blueprint in a package's folder, or an installed one by its key.

`souk blueprint check` runs it in a namespace of its own. Exit status 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

import django
from rich.console import Console
from rich.text import Text

from souk.kit.finding import Finding, Verdict
from souk.kit.package import NoPackage, key_of

_MARKS = {Verdict.KEPT: ("✓", "green"), Verdict.BROKEN: ("✗", "red"), Verdict.ABSENT: ("–", "dim")}


def main() -> int:
    """Check, and tell of each promise; returns an exit status."""
    parser = argparse.ArgumentParser(prog="souk blueprint check", description=__doc__)
    parser.add_argument("place", help="a package's folder, or an installed blueprint's key")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    told = parser.parse_args()
    console = Console(highlight=False, markup=False, emoji=False, stderr=told.json)
    findings: list[Finding] = []
    try:
        key = key_of(told.place)
        django.setup()
        log = _keep_log()
        from souk.kit.examine import examine

        for finding in examine(told.place, key):
            findings.append(finding)
            _tell(console, finding)
    except NoPackage as missing:
        console.print(f"  {missing}")
        return 1
    if told.json:
        json.dump([finding.as_json() for finding in findings], sys.stdout, ensure_ascii=False, indent=2)
    counts = {verdict: sum(finding.verdict == verdict for finding in findings) for verdict in Verdict}
    kept, broken, absent = counts[Verdict.KEPT], counts[Verdict.BROKEN], counts[Verdict.ABSENT]
    console.print(f"\n  {kept} promises kept, {broken} broken, {absent} not asked.")
    if broken:
        console.print(f"  What was done on the way: {log}", soft_wrap=True)
    return 1 if broken else 0


def _keep_log() -> Path:
    """Have what workers log go to a file instead of between the findings; returns where."""
    from django.conf import settings

    path = Path(settings.NAMESPACE.state) / "kit.log"
    into = logging.FileHandler(path, mode="w")
    root = logging.getLogger()
    into.setFormatter(root.handlers[0].formatter)
    root.handlers = [into]
    return path


def _tell(console: Console, finding: Finding) -> None:
    mark, style = _MARKS[finding.verdict]
    took = f"{finding.seconds:6.1f} s" if finding.seconds >= 0.05 else " " * 8
    console.print(Text.assemble("  ", (mark, style), f" {finding.promise:<72} {took}"), soft_wrap=True)
    if finding.seen:
        console.print(Text(f"      {finding.seen}", style="bold" if finding.verdict == Verdict.BROKEN else "dim"))


if __name__ == "__main__":
    sys.exit(main())
