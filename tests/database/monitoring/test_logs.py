"""Logs: brought here once each, searched, exported, forgotten."""

from __future__ import annotations

import json
from datetime import timedelta
from unittest import mock
from uuid import UUID

import pytest
from django.test import Client
from tests.database.console.desks import at_desk, text
from tests.database.doors.test_rest import Caller
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.observing import ExampleObserver
from tests.support.world import Customer, customer, operator

from souk.engines.contract import EngineError
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import Scope
from souk.monitoring.logs import queries, shipping
from souk.monitoring.logs.queries import LogSearch
from souk.provisioning import commands
from souk.provisioning.contract import LogLine, Severity, Statement
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def call(buyer: Customer) -> Caller:
    return Caller(buyer.token())


def write(observer: ExampleObserver, *texts: str, severity: Severity = Severity.INFO) -> None:
    observer.written += [LogLine(clock.now(), severity, text) for text in texts]


def read(scope: Scope, instance: UUID, **wanted: object) -> list[str]:
    now = clock.now()
    search = LogSearch(now - timedelta(days=1), now + timedelta(days=1), **wanted)
    return [row.text for row in queries.lines(scope, instance, search)]


def test_each_line_comes_once_and_in_order(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    write(observer, "one", "two")
    shipping.ship(engine)
    write(observer, "three")
    shipping.ship(engine)
    shipping.ship(engine)
    assert read(buyer.scope, instance) == ["one", "two", "three"]


def test_what_a_killed_worker_did_not_record_comes_the_next_time(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    write(observer, "one")
    killed = mock.patch.object(shipping.LogPosition.objects, "update_or_create", side_effect=KeyboardInterrupt)
    with killed, pytest.raises(KeyboardInterrupt):
        shipping.ship(engine)
    shipping.ship(engine)
    assert read(buyer.scope, instance) == ["one"]


def test_a_machine_that_does_not_tell_holds_up_no_other(
    engine: MemoryEngine, observer: ExampleObserver, place: Ground, buyer: Customer, instance: UUID
) -> None:
    other = reconciling.order(buyer, "autre")
    reconciling.work(place)
    write(observer, "one")
    engine.faults.plan("execute", EngineError("no"))
    shipping.ship(engine)
    assert sorted(read(buyer.scope, instance) + read(buyer.scope, other)) == ["one"]


def test_a_log_that_is_flooded_is_kept_up_to_its_daily_share(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    with mock.patch.object(shipping, "MOST_A_DAY", 25):
        write(observer, "0123456789", "0123456789", "0123456789", "0123456789")
        shipping.ship(engine)
        write(observer, "more")
        shipping.ship(engine)
    assert read(buyer.scope, instance) == ["0123456789", "0123456789", "… more was written today than is kept"]
    with clock.at(clock.now() + timedelta(days=1)):
        write(observer, "the next day")
        shipping.ship(engine)
    assert read(buyer.scope, instance)[-1] == "the next day"


def test_lines_are_found_by_text_and_severity(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    write(observer, "Connection of 100%_sure", "other")
    write(observer, "it failed", severity=Severity.ERROR)
    shipping.ship(engine)
    assert read(buyer.scope, instance, text="CONNECTION of 100%_") == ["Connection of 100%_sure"]
    assert read(buyer.scope, instance, errors=True) == ["it failed"]
    assert read(buyer.scope, instance, limit=1) == ["it failed"]


def test_a_log_is_followed_by_its_last_line(
    engine: MemoryEngine, observer: ExampleObserver, call: Caller, instance: UUID
) -> None:
    write(observer, "one")
    shipping.ship(engine)
    path = f"/services/{instance}/logs"
    (line,) = call("get", path).json()
    assert call("get", f"{path}?after={line['id']}").json() == []
    write(observer, "two")
    shipping.ship(engine)
    assert [each["text"] for each in call("get", f"{path}?after={line['id']}").json()] == ["two"]


def test_a_log_is_taken_away_as_text_and_as_json(
    engine: MemoryEngine, observer: ExampleObserver, call: Caller, buyer: Customer, instance: UUID
) -> None:
    write(observer, "one", "two")
    shipping.ship(engine)
    plain = call("get", f"/services/{instance}/logs/export?text=one")
    assert plain.content.decode().endswith(" info    one\n")
    assert plain.headers["Content-Disposition"].endswith('.log"')
    rows = call("get", f"/services/{instance}/logs/export?format=ndjson").content.splitlines()
    assert [json.loads(row)["text"] for row in rows] == ["one", "two"]
    file = at_desk(buyer.person).get(f"/services/{instance}/logs/ndjson?q=two")
    assert [json.loads(row)["text"] for row in file.content.splitlines()] == ["two"]


def test_nobody_else_reads_a_log_not_even_the_operator_by_its_api(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    from souk.parties.commands import create_token

    write(observer, "one")
    shipping.ship(engine)
    for stranger in (customer("Autre").token(), create_token(operator().person, "t").token):
        assert Caller(stranger)("get", f"/services/{instance}/logs").status_code == 404


def test_an_erased_service_s_log_is_forgotten(
    engine: MemoryEngine, observer: ExampleObserver, place: Ground, buyer: Customer, instance: UUID
) -> None:
    write(observer, "one")
    shipping.ship(engine)
    commands.erase_instance(buyer.scope, instance)
    reconciling.work(place)
    catch_up()
    assert read(buyer.scope, instance) == []


@pytest.fixture
def slow(engine: MemoryEngine, observer: ExampleObserver, instance: UUID) -> None:
    observer.slow = [Statement("app", "select * from a where b = $1", 10, 2.5, 100)]
    with mock.patch.object(shipping, "STATEMENTS_EVERY", 1):
        shipping.ship(engine)


def test_slow_queries_are_told_as_they_were_last(call: Caller, buyer: Customer, instance: UUID, slow: None) -> None:
    told = call("get", f"/services/{instance}/statements").json()
    assert told["statements"][0]["text"] == "select * from a where b = $1"
    page = text(at_desk(buyer.person).get(f"/services/{instance}/statements/"))
    assert "250 ms" in page.replace("\u00a0", " ")


def test_the_page_shows_what_fits_and_says_when_nothing_does(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    desk: Client = at_desk(buyer.person)
    assert "Rien n’a été écrit" in text(desk.get(f"/services/{instance}/logs/"))
    write(observer, "<b>one</b>")
    shipping.ship(engine)
    page = desk.get(f"/services/{instance}/logs/?span=7d").content.decode()
    assert "&lt;b&gt;one&lt;/b&gt;" in page
    assert "Rien n’a été écrit" in text(desk.get(f"/services/{instance}/logs/?only=errors"))
