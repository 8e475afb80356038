"""What the fault counts end with: one table of what was broken, how often, and what came of it."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each test that counted something (`record_property`), whether it held or not."""
    rows = [
        (report.head_line or report.nodeid, outcome, report.user_properties)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.user_properties and report.when == "call"
    ]
    if not rows:
        return
    terminalreporter.section("faults, counted")
    width = max(len(name) for name, _, _ in rows)
    for name, outcome, properties in rows:
        counts = ", ".join(f"{what} {count}" for what, count in properties)
        terminalreporter.line(f"{name:<{width}}  {'held' if outcome == 'passed' else 'BROKE'}  {counts}")
