"""What systemd tells of a process that ended."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.unit.postgresql.test_journal import Guest

from souk.blueprints.supervision import interruption
from souk.provisioning.contract import ConfigurationFailed, Interruption

TOLD = """NRestarts={restarts}
ActiveEnterTimestamp=Wed 2026-11-25 22:30:02.500000 UTC
ActiveExitTimestamp=Wed 2026-11-25 22:30:01.250000 UTC
"""


def test_a_process_that_systemd_started_again_was_gone_between_its_two_times() -> None:
    since, until = (datetime(2026, 11, 25, 22, 30, second, micro, UTC) for second, micro in ((1, 250000), (2, 500000)))
    assert interruption(Guest(TOLD.format(restarts=1)), "a.service") == Interruption(since, until)


def test_a_start_that_was_asked_for_is_no_interruption() -> None:
    assert interruption(Guest(TOLD.format(restarts=0)), "a.service") is None


@pytest.mark.parametrize("said", ["", "NRestarts=1\nActiveExitTimestamp=\nActiveEnterTimestamp=\n"])
def test_a_systemd_that_does_not_tell_is_a_failure(said: str) -> None:
    with pytest.raises(ConfigurationFailed):
        interruption(Guest(said), "a.service")
