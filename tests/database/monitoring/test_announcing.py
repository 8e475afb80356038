"""Ends of life: announced to whoever operates a service, long before, and each time once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from tests.support.vault import Vault, vault

from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.monitoring.alerts.delivering import deliver
from souk.monitoring.announcing import announce_endings, due
from souk.provisioning.models import Desired, ServiceInstance

ENDS = date(2027, 6, 1)


@pytest.fixture(autouse=True)
def letters(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def old(instance: UUID) -> Iterator[Vault]:
    """The service has the older version of its kind."""
    changed(instance, parameters={"version": "1"})
    with vault() as kept:
        yield kept


def changed(instance: UUID, **fields: Any) -> None:
    with acting(System("test")):
        ServiceInstance.objects.filter(id=instance).update(**fields)


def told_on(*days: date) -> list[int]:
    """How many letters each of these days brought."""
    found = []
    for day in days:
        with clock.at(datetime(day.year, day.month, day.day, 9, tzinfo=UTC)):
            before = len(mail.outbox)
            announce_endings()
            deliver(threads=1)
            found.append(len(mail.outbox) - before)
    return found


def test_it_is_told_twelve_six_three_and_one_month_before_once_each(old: Vault, instance: UUID) -> None:
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 2), date(2026, 12, 1), date(2027, 3, 1)]
    assert told_on(*days, date(2027, 3, 2), date(2027, 5, 1), date(2027, 5, 31), date(2027, 7, 1)) == [
        *(0, 1, 0, 1, 1),
        *(0, 1, 0, 0),
    ]
    letter = mail.outbox[0]
    assert "1" in letter.subject
    assert "2" in str(letter.body)
    assert "— — —" in str(letter.body)


def test_a_service_that_is_new_late_is_told_of_once(old: Vault, instance: UUID) -> None:
    assert told_on(date(2027, 4, 1), date(2027, 4, 2)) == [1, 0]


def test_nobody_is_told_of_the_newest_version_or_of_what_is_deleted(old: Vault, instance: UUID) -> None:
    changed(instance, parameters={"version": "2"})
    assert told_on(date(2029, 12, 20)) == [0]
    changed(instance, parameters={"version": "1"}, desired=Desired.SOFT_DELETED)
    assert told_on(date(2027, 5, 20)) == [0]


def test_months_before_the_end_of_a_long_month_are_whole() -> None:
    end = date(2027, 8, 31)
    assert [
        due(end, each) for each in (date(2026, 8, 30), date(2026, 8, 31), date(2027, 2, 27), date(2027, 2, 28))
    ] == [
        *(None, 12),
        *(12, 6),
    ]
    assert due(ENDS, ENDS + timedelta(days=400)) == 1
