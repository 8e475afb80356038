"""What a stranger's machine tells: taken where it makes sense, refused with a sentence where it does not."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from souk.blueprints.machine import BLUEPRINT
from souk.engines.contract import Execution
from souk.kernel import clock
from souk.provisioning.contract import GIB, BackupKind, ConfigurationFailed, Declined, Size, Wanted

WANTED = Wanted(uuid.uuid4(), "atelier", {}, Size(1, GIB, 10 * GIB), "atelier.example", "10.0.0.9")
AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Guest:
    """A machine that says this, whatever it is asked."""

    said: str = ""
    exit_code: int = 0

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        return Execution(self.exit_code, self.said, "")


def entry(message: object, **more: object) -> str:
    stamp = str(int(AT.timestamp() * 1_000_000))
    told = {"__CURSOR": "c1", "__REALTIME_TIMESTAMP": stamp, "MESSAGE": message, **more}
    return json.dumps(told) + "\n"


def listed(**changed: Any) -> str:
    backup = {"label": "a", "kind": "full", "started": 1.0, "ended": 2.0, "size": 10, "stored": 5, **changed}
    return json.dumps({"backups": [backup]})


def waiting(**changed: Any) -> str:
    told = {"security": 2, "others": 3, "restart": True, "asked": AT.timestamp(), "installed": None}
    return json.dumps({**told, **changed})


@pytest.mark.parametrize(("priority", "severity"), [("3", "error"), ("4", "warning"), ("6", "info"), ("²", "info")])
def test_a_line_of_the_journal_has_who_wrote_it_and_how_grave_it_is(priority: str, severity: str) -> None:
    said = entry("bonjour", PRIORITY=priority, SYSLOG_IDENTIFIER="sshd")
    (line,) = BLUEPRINT.observer.log(Guest(said), WANTED, "", 1000).lines
    assert (line.severity, line.text, line.at) == (severity, "sshd: bonjour", AT)


@pytest.mark.parametrize(
    "said",
    [
        "{\n",
        "[]\n",
        "null\n",
        '{"MESSAGE": "x"}\n',
        entry([1, "x"]),
        entry([999]),
        entry("x", __REALTIME_TIMESTAMP="9" * 40),
        entry("x", __REALTIME_TIMESTAMP=[]),
        entry("x", __CURSOR="c" * 5000),
        "[" * 100_000 + "\n",
    ],
)
def test_a_journal_that_makes_no_sense_is_not_read(said: str) -> None:
    with pytest.raises(ConfigurationFailed):
        BLUEPRINT.observer.log(Guest(said), WANTED, "", 1000)


def test_a_line_without_end_is_cut() -> None:
    (line,) = BLUEPRINT.observer.log(Guest(entry("x" * 100_000)), WANTED, "", 1000).lines
    assert len(line.text) == 4000


def test_updates_are_told() -> None:
    found = BLUEPRINT.observer.pending(Guest(waiting()), WANTED)
    assert (found.security, found.others, found.restart, found.asked, found.installed) == (2, 3, True, AT, None)


@pytest.mark.parametrize(
    "said",
    ["", "[]", "{}", waiting(security=-1), waiting(others=10**9), waiting(asked="x"), waiting(installed=1e300)],
)
def test_updates_that_make_no_sense_are_not_told(said: str) -> None:
    with pytest.raises(ConfigurationFailed):
        BLUEPRINT.observer.pending(Guest(said), WANTED)


def test_nothing_that_a_machine_tells_is_of_tomorrow() -> None:
    later = (clock.now() + timedelta(days=400)).timestamp()
    found = BLUEPRINT.observer.pending(Guest(waiting(asked=later)), WANTED)
    assert found.asked is not None
    assert found.asked <= clock.now()
    (kept,) = BLUEPRINT.archivist.backups(Guest(listed(ended=later)), WANTED).values()
    assert kept.finished_at <= clock.now()


@pytest.mark.parametrize(
    "said",
    [
        "{}",
        json.dumps({"backups": {"a": 1}}),
        json.dumps({"backups": [1]}),
        listed(size=-1),
        listed(stored=2**70),
        listed(kind="half"),
        listed(started=5.0),
        listed(ended="now"),
        listed(started=1e300),
    ],
)
def test_backups_that_make_no_sense_are_not_listed(said: str) -> None:
    with pytest.raises(ConfigurationFailed, match="does not tell"):
        BLUEPRINT.archivist.backups(Guest(said), WANTED)


@pytest.mark.parametrize("tables", [None, 1, {"/usr": "x"}])
def test_a_proof_of_which_nothing_can_be_read_fails(tables: object) -> None:
    with pytest.raises(ConfigurationFailed, match="does not tell"):
        BLUEPRINT.archivist.mark(Guest(json.dumps({"tables": tables, "reading": {"sampled": 1}})), WANTED, "m", 1)


def test_a_machine_without_the_programs_is_older_than_backups() -> None:
    with pytest.raises(Declined, match="older"):
        BLUEPRINT.archivist.back_up(Guest(exit_code=127), WANTED, BackupKind.FULL, "a")
