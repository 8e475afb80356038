"""What must hold whatever was broken: nothing lost, nothing doubled, nothing left behind, nothing billed that did not
run."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from tests.support.following import catch_up
from tests.support.world import Customer, operator

from souk.engines.contract import Engine
from souk.kernel.scope import System, acting
from souk.provisioning.queries import machines, service, services
from souk.provisioning.reconciler.resync import compare

_BACKWARDS = """
select count(*) from metering_usageinterval u join provisioning_serviceinstance i on i.id = u.instance_id
where not isempty(u.during) and (i.ready_at is null or lower(u.during) < i.ready_at - interval '1 second')
"""
_OPEN_OF_THE_DEAD = """
select count(*) from metering_usageinterval u join provisioning_serviceinstance i on i.id = u.instance_id
where upper_inf(u.during) and i.deleted_at is not null
"""
_CREDENTIALS_OF_THE_DEAD = """
select count(*) from provisioning_binding b join provisioning_serviceinstance i on i.id = b.instance_id
where i.deleted_at is not null and (b.revoked_at is null or length(b.sealed_password) > 0)
"""


def hold(engine: Engine, buyer: Customer, wanted: Collection[UUID], *, mine: str = "") -> None:
    """Every wanted service is ready, once, on the one machine that is recorded; there is no other; use adds up.

    `mine` is what this test's machines' names begin with, on an engine that others use as well.
    """
    catch_up()
    assert {row.id for row in services(buyer.scope)} == set(wanted)
    for instance in wanted:
        row = service(buyer.scope, instance)
        assert (row.state, row.trouble) == ("ready", ""), f"{row.name}: {row.state} {row.trouble}"
    recorded = {row.name for row in machines(operator())}
    made = {one.name for one in engine.machines() if one.name.startswith(mine)}
    assert made == recorded, f"only made {made - recorded}, only recorded {recorded - made}"
    assert len(recorded) == len(wanted)
    drift = compare(engine)
    assert drift.instances == []
    assert [name for name in drift.orphans if name.startswith(mine)] == []
    with acting(System("test")), connection.cursor() as cursor:
        for never in (_BACKWARDS, _OPEN_OF_THE_DEAD, _CREDENTIALS_OF_THE_DEAD):
            cursor.execute(never)
            assert cursor.fetchone() == (0,), never
        cursor.execute("select count(*) from metering_usageinterval where upper_inf(during)")
        assert cursor.fetchone() == (len(wanted),)
        cursor.execute("select coalesce(sum(instances), 0) from provisioning_quota")
        assert cursor.fetchone() == (len(wanted),)
