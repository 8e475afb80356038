"""What a machine is told of its repository, and how its answers are understood."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from souk.blueprints.postgresql import BLUEPRINT
from souk.blueprints.postgresql.sizing import GIB, MIB, most_waiting
from souk.engines.contract import Execution
from souk.provisioning.contract import (
    BackupFound,
    BackupKind,
    ConfigurationFailed,
    Declined,
    Guest,
    Repository,
    Size,
    Wanted,
)

ARCHIVIST = BLUEPRINT.archivist
WANTED = Wanted(uuid.uuid4(), "pg-1", {"databases": ["a"]}, Size(4, GIB, 10 * GIB), "pg-1.example", "10.0.0.9")
REPOSITORY = Repository(
    host="os-1.example",
    address="10.0.0.8",
    port=8333,
    region="us-east-1",
    bucket="b-pg-1",
    access_key="pg_1",
    authority="AUTHORITY",
    secret_key="a-secret-key",
    passphrase="a-passphrase",
)
LISTED = {
    "annotation": {"souk": "daily"},
    "type": "diff",
    "timestamp": {"start": 1_700_000_000, "stop": 1_700_000_009},
    "info": {"size": 2000, "delta": 900, "repository": {"delta": 300}},
}


class _Guest:
    """A machine that answers every command with one outcome, and keeps what it was given."""

    def __init__(self, outcome: Execution) -> None:
        self.outcome = outcome
        self.calls: list[tuple[list[str], dict[str, object], float]] = []

    def execute(self, command: list[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        self.calls.append((command, json.loads(stdin), timeout))
        return self.outcome


def _answering(answer: object) -> _Guest:
    return _Guest(Execution(0, json.dumps(answer), ""))


def test_secrets_are_on_the_input_only() -> None:
    guest = _answering({})
    ARCHIVIST.attach(guest, WANTED, REPOSITORY)
    ARCHIVIST.restore(guest, WANTED, REPOSITORY, None)
    assert [command for command, _, _ in guest.calls] == [["/usr/lib/souk/attach"], ["/usr/lib/souk/restore"]]
    for _, told, _ in guest.calls:
        assert told["repository"]["passphrase"] == "a-passphrase"


def test_a_machine_gives_up_before_it_is_given_up_on() -> None:
    guest = _answering({"backups": [], "tables": {}, "reading": {}})
    calls: list[Callable[[Guest], object]] = [
        lambda guest: ARCHIVIST.attach(guest, WANTED, REPOSITORY),
        lambda guest: ARCHIVIST.back_up(guest, WANTED, BackupKind.FULL, "l"),
        lambda guest: ARCHIVIST.backups(guest, WANTED),
        lambda guest: ARCHIVIST.restore(guest, WANTED, REPOSITORY, None),
        lambda guest: ARCHIVIST.fingerprint(guest, WANTED),
        lambda guest: ARCHIVIST.mark(guest, WANTED, "m", 1),
        lambda guest: ARCHIVIST.expire(guest, WANTED, 2),
    ]
    for call in calls:
        call(guest)
    assert all(float(str(told["timeout"])) < timeout for _, told, timeout in guest.calls)


def test_a_time_is_told_in_utc_to_the_microsecond() -> None:
    guest = _answering({})
    until = datetime(2026, 3, 1, 10, 0, 0, 250, timezone(timedelta(hours=1)))
    ARCHIVIST.restore(guest, WANTED, REPOSITORY, until)
    assert guest.calls[0][1]["until"] == "2026-03-01 09:00:00.000250+00:00"


def test_backups_are_found_by_our_label_and_others_are_left_alone() -> None:
    guest = _answering({"backups": [LISTED, {**LISTED, "annotation": {}}]})
    assert ARCHIVIST.backups(guest, WANTED) == {
        "daily": BackupFound(
            label="daily",
            kind=BackupKind.DIFFERENTIAL,
            started_at=datetime.fromtimestamp(1_700_000_000, UTC),
            finished_at=datetime.fromtimestamp(1_700_000_009, UTC),
            size=2000,
            stored=300,
        )
    }


@pytest.mark.parametrize(("word", "sentence"), [("early", "No backup is old enough"), ("late", "does not reach")])
def test_a_time_that_cannot_be_reached_is_declined_in_words_for_the_customer(word: str, sentence: str) -> None:
    refusing = _Guest(Execution(1, json.dumps({"declined": word, "error": "?"}), ""))
    with pytest.raises(Declined, match=sentence):
        ARCHIVIST.restore(refusing, WANTED, REPOSITORY, datetime.now(UTC))


def test_any_other_failure_is_quoted_and_may_be_tried_again() -> None:
    failing = _Guest(Execution(1, '{"error": "unable to find the bucket"}', ""))
    with pytest.raises(ConfigurationFailed, match="unable to find the bucket") as failure:
        ARCHIVIST.back_up(failing, WANTED, BackupKind.FULL, "daily")
    assert not isinstance(failure.value, Declined)


def test_a_machine_spends_two_processes_and_a_tenth_of_its_disk_on_its_repository() -> None:
    guest = _answering({})
    ARCHIVIST.attach(guest, WANTED, REPOSITORY)
    assert (guest.calls[0][1]["processes"], guest.calls[0][1]["most_waiting"]) == (2, GIB)
    assert most_waiting(Size(1, GIB, GIB)) == 512 * MIB
