"""What a plan promises and forbids is the kernel's word, not a setting's."""

from __future__ import annotations

from dataclasses import replace

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

_FILL = """
import errno, os
written = 0
try:
    with open("/var/fill", "wb", buffering=0) as file:
        for _ in range(8192):
            written += file.write(os.urandom(1048576))
            os.fsync(file.fileno())
except OSError as error:
    print(errno.errorcode[error.errno], written)
finally:
    os.unlink("/var/fill")
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


def _shrink_to_almost_full(service: Service) -> None:
    """Leave the machine's disk some 100 to 300 MiB of room."""
    [used] = [row.disk for row in service.engine.usage() if row.name == service.spec.name]
    service.engine.resize(service.spec.name, replace(service.spec.limits, disk=used + 500 * MIB))


def test_a_full_disk_is_the_customers_own_and_passes(own_service: Service) -> None:
    _shrink_to_almost_full(own_service)
    code, written = own_service.python(_FILL).stdout.split()
    assert code in {"EDQUOT", "ENOSPC"}
    assert 100 * MIB < int(written) < 300 * MIB
    own_service.configure()
    with own_service.connect() as connection:
        connection.execute("CREATE TABLE after (a int)")


def test_a_database_that_filled_its_disk_comes_back_whole_once_it_is_grown(own_service: Service) -> None:
    with own_service.connect() as connection:
        connection.execute("CREATE TABLE fat (t text STORAGE EXTERNAL)")
        connection.execute("INSERT INTO fat VALUES ('kept')")
    _shrink_to_almost_full(own_service)
    fill = "INSERT INTO fat SELECT repeat(md5(random()::text), 32768) FROM generate_series(1, 400)"
    with pytest.raises(psycopg.Error, match=r"quota exceeded|closed|eof"), own_service.connect() as connection:
        connection.execute(fill)
    own_service.engine.resize(own_service.spec.name, own_service.spec.limits)
    own_service.configure()
    with own_service.connect() as connection:
        assert connection.execute("SELECT t FROM fat").fetchall() == [("kept",)]
        connection.execute("INSERT INTO fat VALUES ('new')")


def test_connections_end_at_the_plans_number(service: Service) -> None:
    with service.connect() as connection:
        assert connection.execute("SHOW max_connections").fetchone() == ("50",)
        held = []
        with pytest.raises(psycopg.OperationalError, match=r"remaining connection slots|too many clients"):
            held.extend(service.connect() for _ in range(60))
        for one in held:
            one.close()
