"""What a plan promises and forbids is the kernel's word, not a setting's."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from tests.engine.postgresql.conftest import MIB, SIZE, Service

from souk.blueprints.postgresql import BLUEPRINT

pytestmark = pytest.mark.engine

_ALLOCATE = """
import sys
held = []
for _ in range(int(sys.argv[1])):
    held.append(bytearray(b"x" * 1048576))
print("held")
"""

_FORK = """
import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
children = []
try:
    for _ in range(20000):
        child = os.fork()
        if child == 0:
            signal.pause()
            os._exit(0)
        children.append(child)
except BlockingIOError:
    pass
print(len(children))
for child in children:
    os.kill(child, signal.SIGKILL)
"""


def test_a_machine_sees_and_gets_its_own_memory_only(service: Service) -> None:
    total = service.python("print(open('/proc/meminfo').readline().split()[1])")
    assert int(total.stdout) * 1024 == SIZE.memory
    assert service.python(_ALLOCATE, str(SIZE.memory // MIB // 4)).stdout == "held\n"
    # The kernel first takes back what programs can read again from the disk, which is slow where the disk is.
    assert service.python(_ALLOCATE, str(SIZE.memory // MIB + 200), timeout=400.0).exit_code == 137


def test_a_machine_has_no_more_processes_than_its_limit(service: Service) -> None:
    forked = service.python(_FORK)
    assert 0 < int(forked.stdout) < BLUEPRINT.limits(SIZE).processes


def test_a_machine_sees_its_own_processors_only(service: Service) -> None:
    assert service.python("import os; print(os.cpu_count(), len(os.sched_getaffinity(0)))").stdout == "1 1\n"


def test_connections_end_at_the_plans_number(service: Service) -> None:
    with service.connect() as connection:
        assert connection.execute("SHOW max_connections").fetchone() == ("50",)
        held: list[Any] = []
        with pytest.raises(psycopg.OperationalError, match=r"remaining connection slots|too many clients"):
            held.extend(service.connect() for _ in range(60))
        for one in held:
            one.close()
