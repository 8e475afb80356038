"""Updates in machines that install them themselves: asked for now and then, shown, and told of when they stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.database.console.desks import at_desk, text
from tests.database.doors.test_rest import Caller
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.observing import ExampleObserver
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.monitoring.alerts import evaluating
from souk.monitoring.alerts.queries import alerts
from souk.monitoring.logs import shipping
from souk.monitoring.updates import EVERY, updates
from souk.provisioning import commands
from souk.provisioning.contract import PendingUpdates
from souk.provisioning.reconciler.converge import Ground

HOUR = timedelta(hours=1)


def _ship_at(engine: MemoryEngine, start: datetime, after: timedelta) -> None:
    """Every minute of five: the service's turn is one of them."""
    for minute in range(shipping.STATEMENTS_EVERY):
        with clock.at(start + after + timedelta(minutes=minute)):
            shipping.ship(engine)


@pytest.fixture
def start() -> datetime:
    return clock.now()


def test_what_waits_is_asked_for_every_few_hours_and_since_when_is_known(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID, start: datetime
) -> None:
    observer.waiting = PendingUpdates(2, 1, True, start, None)
    _ship_at(engine, start, HOUR)
    first = updates(buyer.scope, instance)
    assert (first.security, first.others, first.restart, first.asked_at) == (2, 1, True, start)
    observer.waiting = PendingUpdates(5, 1, False, start, start)
    _ship_at(engine, start, 2 * HOUR)
    assert updates(buyer.scope, instance) == first
    _ship_at(engine, start, HOUR + EVERY + timedelta(minutes=5))
    then = updates(buyer.scope, instance)
    assert (then.security, then.security_since, then.restart) == (5, first.security_since, False)
    observer.waiting = PendingUpdates(0, 0, False, start, start)
    _ship_at(engine, start, HOUR + 2 * (EVERY + timedelta(minutes=5)))
    assert updates(buyer.scope, instance).security_since is None


def test_security_updates_that_stay_for_a_week_raise_an_alert_that_ends_with_them(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID, start: datetime
) -> None:
    def told() -> list[tuple[str, str]]:
        found = alerts(buyer.scope, instance)
        return [(row.rule, row.state) for row in found if row.rule == "security_updates"]

    observer.waiting = PendingUpdates(1, 0, False, start, start)
    _ship_at(engine, start, HOUR)
    with clock.at(start + timedelta(days=6)):
        evaluating.judge()
        assert told() == []
    with clock.at(start + timedelta(days=8)):
        evaluating.judge()
        assert told() == [("security_updates", "firing")]
    observer.waiting = PendingUpdates(0, 0, False, start, start)
    _ship_at(engine, start, timedelta(days=8, hours=4))
    for minutes in (0, 5):
        with clock.at(start + timedelta(days=8, hours=5, minutes=minutes)):
            evaluating.judge()
    assert told() == [("security_updates", "resolved")]


def test_its_customer_sees_it_and_nobody_else(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID, start: datetime
) -> None:
    observer.waiting = PendingUpdates(3, 0, True, start, None)
    _ship_at(engine, start, HOUR)
    page = text(at_desk(buyer.person).get(f"/services/{instance}/"))
    assert "3 mises à jour de sécurité attendent." in page
    assert "Un redémarrage de la machine y met fin." in page
    told = Caller(buyer.token())("get", f"/services/{instance}/updates").json()
    assert (told["security"], told["restart"]) == (3, True)
    assert updates(customer("Autre").scope, instance).at is None


def test_of_an_erased_service_nothing_is_kept(
    engine: MemoryEngine, observer: ExampleObserver, place: Ground, buyer: Customer, instance: UUID, start: datetime
) -> None:
    observer.waiting = PendingUpdates(3, 0, True, start, None)
    _ship_at(engine, start, HOUR)
    commands.erase_instance(buyer.scope, instance)
    reconciling.settle(place)
    catch_up()
    assert updates(buyer.scope, instance).at is None


def test_a_service_whose_kind_is_renewed_from_outside_has_none(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID, start: datetime
) -> None:
    _ship_at(engine, start, HOUR)
    assert updates(buyer.scope, instance).at is None
