"""Updates in the maintenance window: with notice, at most once while it is open, and never in somebody's way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from tests.support.reconciling import forget_leases, ground, order, work
from tests.support.succession import ALIAS, Line, going_over, newer
from tests.support.world import Customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.monitoring.alerts.delivering import deliver
from souk.monitoring.announcing import announce_updates
from souk.provisioning import commands
from souk.provisioning.queries import operations, release
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import resync
from souk.provisioning.reconciler.schedule import MOST_UPDATES_AT_ONCE, ask_for_updates
from souk.provisioning.releases import NOTICE
from souk.provisioning.versions import versions
from souk.provisioning.windows import Window, opening

ZONE = "Africa/Casablanca"
WINDOW = Window(2, 3, 2)
HOUR = timedelta(hours=1)


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine(images=[ALIAS])


@pytest.fixture
def place(own_database: str, tmp_path: Path, engine: MemoryEngine) -> Ground:
    return ground(tmp_path, engine)


@pytest.fixture
def line(engine: MemoryEngine) -> Iterator[Line]:
    with going_over(engine) as example:
        yield example.line


@pytest.fixture
def instance(line: Line, place: Ground, buyer: Customer) -> UUID:
    """A service with a window of its own."""
    made = order(buyer)
    settle(place)
    resync(place.engine)
    commands.change_window(buyer.scope, made, WINDOW)
    return made


@pytest.fixture
def opens(instance: UUID, place: Ground, tmp_path: Path) -> datetime:
    """When the window opens for which the notice is long enough; there is a newer image."""
    newer(place, tmp_path, "17.7")
    return opening(WINDOW, ZONE, clock.now() + NOTICE + 3 * HOUR).begins


def settle(place: Ground) -> None:
    for _ in range(2):
        forget_leases()
        work(place, rounds=200)


def kinds(buyer: Customer, instance: UUID) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in operations(buyer.scope, instance)]


def test_it_is_updated_when_the_window_is_open_and_not_before(
    line: Line, place: Ground, buyer: Customer, instance: UUID, opens: datetime
) -> None:
    planned = versions(buyer.scope, instance).updated_at
    assert planned is not None
    assert planned - clock.now() >= NOTICE - HOUR
    for early in (clock.now(), planned - timedelta(minutes=1)):
        with clock.at(early):
            assert ask_for_updates() == 0
    with clock.at(planned + timedelta(minutes=5)):
        assert ask_for_updates() == 1
        settle(place)
        assert kinds(buyer, instance)[0] == ("update", "succeeded")
        assert not release(buyer.scope, instance).available
        assert versions(buyer.scope, instance).updated_at is None
        assert ask_for_updates() == 0


def test_one_that_failed_is_tried_once_in_each_window(
    line: Line, place: Ground, buyer: Customer, instance: UUID, opens: datetime
) -> None:
    planned = versions(buyer.scope, instance).updated_at
    assert planned is not None
    line.wrong = "follow"
    for week in range(2):
        with clock.at(planned + timedelta(weeks=week, minutes=5)):
            assert ask_for_updates() == 1
            for _ in range(3):
                settle(place)
            assert kinds(buyer, instance)[0] == ("update", "failed")
            assert ask_for_updates() == 0


def test_it_waits_while_something_else_is_to_be_done(
    line: Line, place: Ground, buyer: Customer, instance: UUID, opens: datetime
) -> None:
    planned = versions(buyer.scope, instance).updated_at
    assert planned is not None
    with clock.at(planned + timedelta(minutes=5)):
        commands.create_binding(buyer.scope, instance, "reports")
        assert ask_for_updates() == 0
        settle(place)
        assert ask_for_updates() == 1


def test_not_all_are_updated_at_once(
    line: Line, place: Ground, buyer: Customer, instance: UUID, tmp_path: Path
) -> None:
    for number in range(MOST_UPDATES_AT_ONCE + 1):
        commands.change_window(buyer.scope, order(buyer, f"autre {number}"), WINDOW)
    settle(place)
    with clock.at(clock.now() + timedelta(minutes=5)):
        settle(place)
    newer(place, tmp_path, "17.7")
    planned = versions(buyer.scope, instance).updated_at
    assert planned is not None
    with clock.at(planned + timedelta(minutes=5)):
        assert ask_for_updates() == MOST_UPDATES_AT_ONCE
        assert ask_for_updates() == 0
        settle(place)
        assert ask_for_updates() == 2


def test_whoever_operates_it_is_told_once_before(
    line: Line, place: Ground, buyer: Customer, instance: UUID, opens: datetime, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert announce_updates() == 1
    assert announce_updates() == 0
    deliver(threads=1)
    [letter] = mail.outbox
    assert "compta" in letter.subject
    assert "— — —" in str(letter.body)


def test_one_that_is_updated_now_is_not_updated_again(
    line: Line, place: Ground, buyer: Customer, instance: UUID, opens: datetime
) -> None:
    commands.update_instance(buyer.scope, instance)
    settle(place)
    with clock.at(opens + timedelta(minutes=5)):
        assert ask_for_updates() == 0
