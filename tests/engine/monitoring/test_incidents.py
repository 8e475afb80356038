"""A machine and a PostgreSQL killed for real: an incident each, healed, with the times of what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.engine.reconciler.conftest import Shop, shop
from tests.engine.reconciler.test_killed_for_real import until

from souk.kernel import clock
from souk.monitoring import queries, rounds
from souk.monitoring.queries import IncidentRow
from souk.provisioning.queries import service

pytestmark = pytest.mark.engine
__all__ = ["shop"]


def over(shop: Shop, instance: UUID, count: int) -> list[IncidentRow]:
    """The incidents, once there are `count` and all are over."""

    def are_over() -> bool:
        found = queries.incidents(shop.buyer.scope, instance)
        return len(found) == count and all(row.ended_at for row in found)

    assert until(are_over, patience=60), shop.worker.log
    return queries.incidents(shop.buyer.scope, instance)


def test_a_killed_postgresql_and_a_killed_machine_are_incidents_with_their_times(shop: Shop) -> None:
    shop.worker.start()
    scope = shop.buyer.scope
    instance = shop.order("compta")
    assert until(lambda: service(scope, instance).state == "ready"), shop.worker.log
    assert until(lambda: queries.availability(scope, instance, *last_hour()).wanted_seconds > 0)
    (name,) = shop.made()
    rounds.take_round(shop.engine)

    killed = clock.now()
    shop.engine.execute(name, ["systemctl", "kill", "--signal=KILL", "souk-postgresql.service"])
    running_again(shop, name)
    rounds.take_round(shop.engine)
    (crash,) = over(shop, instance, 1)
    assert crash.cause == "process_ended"
    assert abs((crash.began_at - killed).total_seconds()) < 1
    assert [step.what for step in crash.timeline] == ["process_ended", "process_started", "answered"]

    killed = clock.now()
    shop.engine.stop(name, force=True)
    death, _ = over(shop, instance, 2)
    healed = clock.now()
    assert death.cause == "machine_ended"
    assert death.ended_at is not None
    assert killed - timedelta(seconds=1) < death.began_at < death.ended_at <= healed
    assert [step.what for step in death.timeline][-2:] == ["machine_started", "answered"]

    lost = sum((row.ended_at - row.began_at).total_seconds() for row in (crash, death) if row.ended_at)
    assert queries.availability(scope, instance, *last_hour()).outage_seconds == pytest.approx(lost, abs=0.001)


def test_a_postgresql_that_does_not_run_is_configured_again(shop: Shop) -> None:
    shop.worker.start()
    scope = shop.buyer.scope
    instance = shop.order("compta")
    assert until(lambda: service(scope, instance).state == "ready"), shop.worker.log
    assert until(lambda: queries.availability(scope, instance, *last_hour()).wanted_seconds > 0)
    (name,) = shop.made()

    shop.engine.execute(name, ["systemctl", "stop", "souk-postgresql.service"])
    rounds.take_round(shop.engine)
    (row,) = over(shop, instance, 1)
    assert [step.what for step in row.timeline] == ["no_answer", "configured", "answered"]


def last_hour() -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    return now - timedelta(hours=1), now


def running_again(shop: Shop, machine: str) -> None:
    """Wait in the machine until systemd has started the process again and it says that it is ready."""
    script = (
        "until [ $(systemctl show -P NRestarts souk-postgresql) -gt 0 ]"
        " && systemctl is-active -q souk-postgresql; do sleep 0.1; done"
    )
    assert shop.engine.execute(machine, ["timeout", "30", "sh", "-c", script]).exit_code == 0
