"""A round: what is seen of every service is kept, and one that hangs delays nobody."""

from __future__ import annotations

import threading
import time
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.db import connection
from tests.support import reconciling
from tests.support.observing import ExampleObserver
from tests.support.world import Customer

from souk.engines.memory import MemoryEngine
from souk.kernel.scope import System, acting
from souk.monitoring import looking, rounds
from souk.monitoring.models import LastLook
from souk.monitoring.vocabulary import COUNTED_LATER, LATER_FROM, OF_MACHINES
from souk.provisioning import commands
from souk.provisioning.contract import Look, Wanted
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.targets import targets

SYSTEM = System("test")


def kept(instance: UUID) -> list[list[float | None]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("select vals from monitoring_sample where instance_id = %s order by at", [instance])
        return [row[0] for row in cursor.fetchall()]


def test_the_engines_counters_and_the_services_own_are_kept_side_by_side(
    engine: MemoryEngine, observer: ExampleObserver, instance: UUID
) -> None:
    observer.values = [7.0, None]
    assert rounds.take_round(engine) == 1
    ((cpu, memory, disk, sent, connections, transactions, *later),) = kept(instance)
    assert cpu is not None
    assert (memory, disk, sent) == (2**30 // 4, engine.usage()[0].disk, 0)
    assert (connections, transactions) == (7.0, None)
    assert len([*OF_MACHINES, *observer.metrics, *later]) == LATER_FROM + len(COUNTED_LATER)
    assert later[-2] == 1


def test_without_the_engine_the_services_own_values_are_kept_all_the_same(engine: MemoryEngine, instance: UUID) -> None:
    with engine.faults.outage():
        rounds.take_round(engine)
    assert kept(instance) == [[None, None, None, None, 12.0, 1000.0]]


def test_what_is_stopped_or_being_changed_is_not_looked_at(
    engine: MemoryEngine, place: Ground, buyer: Customer, instance: UUID
) -> None:
    commands.restart_instance(buyer.scope, instance)
    assert rounds.take_round(engine) == 0
    reconciling.work(place)
    assert rounds.take_round(engine) == 1
    commands.stop_instance(buyer.scope, instance)
    reconciling.work(place)
    assert rounds.take_round(engine) == 0


@pytest.mark.parametrize(("hangs_after", "judged"), [(0.2, False), (60.0, None)])
def test_a_service_that_hangs_delays_nobody_and_does_not_answer_unless_it_was_only_just_asked(
    observer: ExampleObserver, place: Ground, buyer: Customer, instance: UUID, hangs_after: float, judged: bool | None
) -> None:
    other = reconciling.order(buyer, "autre")
    reconciling.work(place)
    forever = threading.Event()
    answer = observer.look

    def look(wanted: Wanted, *way_in: Any) -> Look:
        if wanted.instance == instance:
            forever.wait(30)
        return answer(wanted, *way_in)

    started = time.monotonic()
    with mock.patch.object(observer, "look", look, create=True):
        seen = {each.target.instance: each.look.health.ok for each in looking.look_at(targets(), 0.5, hangs_after)}
    forever.set()
    assert seen == ({other: True} if judged is None else {instance: judged, other: True})
    assert time.monotonic() - started < 10


def test_a_blueprints_own_mistake_is_told_as_no_answer(
    engine: MemoryEngine, observer: ExampleObserver, instance: UUID
) -> None:
    with mock.patch.object(observer, "look", side_effect=ZeroDivisionError, create=True):
        rounds.take_round(engine)
    with acting(SYSTEM):
        last = LastLook.objects.get(instance_id=instance)
    assert (last.answered, last.detail) == (False, "ZeroDivisionError")
