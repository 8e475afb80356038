"""From a plan to limits and settings."""

from __future__ import annotations

import pytest

from souk.blueprints.postgresql import BLUEPRINT
from souk.blueprints.postgresql.sizing import GIB, MIB, machine_limits, max_connections, pool, settings
from souk.provisioning.contract import Size

SMALL = Size(1, GIB, 10 * GIB)


def _mib(text: str) -> int:
    return int(text.removesuffix("MB"))


def test_a_plans_disk_is_the_customers_and_the_systems_comes_on_top() -> None:
    limits = machine_limits(SMALL)
    assert (limits.vcpus, limits.memory, limits.disk) == (1, GIB, 11 * GIB)


def test_every_connection_has_its_process() -> None:
    for plan in BLUEPRINT.starting_offering.plans:
        assert machine_limits(plan.size).processes > max_connections(plan.size) + 100


def test_a_gibibyte_gives_256_mib_of_shared_buffers_and_100_connections() -> None:
    chosen = settings(SMALL)
    assert (chosen["shared_buffers"], chosen["max_connections"]) == ("256MB", "100")


@pytest.mark.parametrize("memory", [512 * MIB, GIB, 4 * GIB, 64 * GIB, 512 * GIB])
def test_what_all_connections_may_take_fits_in_memory(memory: int) -> None:
    chosen = settings(Size(4, memory, 100 * GIB))
    everyone = _mib(chosen["work_mem"]) * int(chosen["max_connections"])
    assert _mib(chosen["shared_buffers"]) + everyone + _mib(chosen["maintenance_work_mem"]) <= memory // MIB


def test_write_ahead_log_stays_a_tenth_of_the_disk() -> None:
    assert settings(SMALL)["max_wal_size"] == "1024MB"
    assert settings(Size(1, GIB, GIB))["max_wal_size"] == "256MB"


@pytest.mark.parametrize("memory", [512 * MIB, GIB, 8 * GIB])
def test_a_pool_leaves_half_of_the_connections_to_others_and_serves_ten_times_as_many_clients(memory: int) -> None:
    size = Size(1, memory, 10 * GIB)
    shared, connections = pool(size), max_connections(size)
    assert 0 < shared["connections"] < shared["connections_of_a_database"] <= connections / 2
    assert shared["clients"] == 10 * connections
