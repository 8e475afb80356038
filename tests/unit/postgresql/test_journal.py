"""PostgreSQL's log out of a machine's journal, whatever stands in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from souk.blueprints.postgresql import journal
from souk.engines.contract import Execution
from souk.provisioning.contract import ConfigurationFailed

AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Guest:
    """A machine whose journal says this."""

    said: str = ""
    exit_code: int = 0

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        return Execution(self.exit_code, self.said, "broken" if self.exit_code else "")


def entry(message: object, cursor: str = "c1") -> str:
    stamp = str(int(AT.timestamp() * 1_000_000))
    return json.dumps({"__CURSOR": cursor, "__REALTIME_TIMESTAMP": stamp, "PRIORITY": "6", "MESSAGE": message}) + "\n"


@pytest.mark.parametrize(
    ("message", "severity"),
    [
        ('81 app@app 10.0.0.9 ERROR:  relation "x" does not exist', "error"),
        ("81 app@app 10.0.0.9 FATAL:  terminating connection", "error"),
        ("81 @ WARNING:  there is no transaction in progress", "warning"),
        ("81 @ LOG:  checkpoint starting", "info"),
        ("STATEMENT:  select 'ERROR'", "info"),
    ],
)
def test_the_severity_is_what_postgresql_wrote(message: str, severity: str) -> None:
    (line,) = journal.read(Guest(entry(message)), "", 1000).lines
    assert (line.severity, line.text, line.at) == (severity, message, AT)


def test_a_line_that_was_cut_off_is_left_for_the_next_time() -> None:
    part = journal.read(Guest(entry("first", "c1") + entry("second", "c2")[:-20]), "c0", 1000)
    assert ([line.text for line in part.lines], part.cursor) == (["first"], "c1")


def test_without_a_new_line_the_cursor_stays() -> None:
    assert journal.read(Guest(), "c9", 1000).cursor == "c9"


def test_bytes_that_are_no_text_and_zeros_are_replaced() -> None:
    part = journal.read(Guest(entry([233, 65]) + entry("a\0b")), "", 1000)
    assert [line.text for line in part.lines] == ["\ufffdA", "a\ufffdb"]


def test_a_journal_that_can_t_be_read_is_told() -> None:
    with pytest.raises(ConfigurationFailed):
        journal.read(Guest(exit_code=1), "", 1000)
