"""`souk-manage doctor`: what is wrong with this installation, and how to mend it. Exit status 1 if something fails."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from souk.cli import language
from souk.settings.doctor.finding import Finding, Level
from souk.settings.doctor.run import examine

_SUBJECT = 32
_MARKS = {Level.OK: ("✓", "green"), Level.WARN: ("!", "yellow"), Level.FAIL: ("✗", "red")}


class Command(BaseCommand):
    """Prints a line for each thing looked at."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print the findings as JSON.")
        parser.add_argument("--audit", action="store_true", help="Recompute the audit trail's chain of seals too.")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = language.choose([])
        language.install(chosen)
        with translation.override(chosen):
            findings = []
            console = Console(highlight=False, markup=False, emoji=False)
            for finding in examine(trail=options["audit"]):
                findings.append(finding)
                if not options["json"]:
                    _tell(console, finding)
            if options["json"]:
                json.dump([finding.as_json() for finding in findings], sys.stdout, ensure_ascii=False, indent=2)
                sys.stdout.write("\n")
            else:
                _sum_up(console, findings)
        if any(finding.level == Level.FAIL for finding in findings):
            sys.exit(1)


def _tell(console: Console, finding: Finding) -> None:
    mark, style = _MARKS[finding.level]
    gap = " " * max(1, _SUBJECT - cell_len(finding.subject))
    console.print(Text.assemble("  ", (mark, style), f" {finding.subject}{gap}{finding.seen}"), soft_wrap=True)
    if finding.mend:
        console.print(Text(f"    → {finding.mend}", style="bold"), soft_wrap=True)


def _sum_up(console: Console, findings: list[Finding]) -> None:
    counts = {level: sum(finding.level == level for finding in findings) for level in Level}
    if counts[Level.FAIL] or counts[Level.WARN]:
        said = _("Failures: %(failures)s, warnings: %(warnings)s, well: %(well)s.") % {
            "failures": counts[Level.FAIL],
            "warnings": counts[Level.WARN],
            "well": counts[Level.OK],
        }
    else:
        said = _("All %(well)s are well.") % {"well": counts[Level.OK]}
    console.print(f"\n  {said}")
