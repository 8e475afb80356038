"""Use, where the clock was set back between what happened and what happened next."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.db import connection
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.world import customer

from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning import commands


def test_a_clock_that_was_set_back_holds_up_nobodys_metering_and_meters_no_time_twice(
    own_database: str, tmp_path: Path
) -> None:
    place, buyer, now = reconciling.ground(tmp_path), customer(), clock.now()
    instance = reconciling.order(buyer)
    for hours, act in (
        (72, None),
        (80, commands.stop_instance),
        (1, commands.start_instance),
        (0, commands.stop_instance),
    ):
        with clock.at(now + timedelta(hours=hours)):
            if act is not None:
                act(buyer.scope, instance)
            reconciling.forget_leases()
            reconciling.work(place)
    catch_up()
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute(
            "select meter, lower(during), upper(during) from metering_usageinterval"
            " where not isempty(during) order by 2"
        )
        rows = cursor.fetchall()
    ready, stopped = now + timedelta(hours=72), now + timedelta(hours=80)
    assert rows == [("running", ready, stopped), ("stopped", stopped, None)]
