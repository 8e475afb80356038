"""Root in a machine is a stranger. What root there can't do, each refusal beside what does work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.conftest import Rig
from tests.engine.machine.conftest import SIZE, Box, order

from souk.blueprints.machine import BLUEPRINT
from souk.engines.contract import Execution
from souk.engines.incus import IncusEngine
from souk.settings import namespace

pytestmark = pytest.mark.engine

_TCP = "timeout 2 bash -c '</dev/tcp/{host}/{port}' && echo open || echo closed"

_BOMB = """
import os, time
count = 0
try:
    while count < 10000:
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        count += 1
except OSError:
    pass
print(count)
"""


@pytest.fixture(scope="module")
def hostile(incus: IncusEngine, machine_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A machine whose customer means harm."""
    rig = Rig(incus, namespace.current())
    try:
        made = order(rig, machine_image, tmp_path_factory.mktemp("hostile"), 9)
        made.configure()
        yield made
    finally:
        rig.clear()


def root(box: Box, script: str) -> Execution:
    """Run a shell script as the customer's root, over SSH."""
    return box.ssh("sudo", "sh", "-s", stdin=script)


def test_root_rules_in_the_machine_itself(hostile: Box) -> None:
    done = root(hostile, "touch /root/mine && mount -t tmpfs none /mnt && umount /mnt && useradd -m other && id -u")
    assert (done.exit_code, done.stdout) == (0, "0\n"), done.stderr


@pytest.mark.parametrize(
    "script",
    [
        "mknod /tmp/disk b 8 0",
        "echo 1 > /proc/sys/kernel/sysrq",
        "echo core > /proc/sys/kernel/core_pattern",
        "echo b > /proc/sysrq-trigger",
        'python3 -c \'import ctypes; exit(ctypes.CDLL(None).syscall(175, b"", 0, b"") != 0)\'',
        "cat /proc/kcore | head -c 1 | grep -q .",
        "date --set 2000-01-01",
        "chroot /proc/1/root ls /var/lib/incus",
        "python3 -c 'import os; os.open(\"/dev/loop-control\", os.O_RDWR)'",
        "python3 -c 'import os; os.open(\"/dev/mem\", os.O_RDWR)'",
        "echo 2147483648 > /sys/fs/cgroup/memory/memory.limit_in_bytes || echo max > /sys/fs/cgroup/memory.max",
        "test -e /dev/incus/sock -o -e /run/incus -o -e /var/lib/incus",
    ],
)
def test_the_host_stays_out_of_its_roots_reach(hostile: Box, script: str) -> None:
    done = root(hostile, f"set -e; {script}")
    assert done.exit_code != 0, done.stdout


def test_it_sees_its_own_processes_memory_and_processors_only(hostile: Box) -> None:
    memory = root(hostile, "awk '/MemTotal/ {print $2 * 1024}' /proc/meminfo").stdout
    assert int(float(memory)) <= SIZE.memory
    assert root(hostile, "nproc").stdout.strip() == str(SIZE.vcpus)
    assert root(hostile, "cat /proc/1/comm").stdout.strip() == "systemd"
    assert "incusd" not in root(hostile, "ps -e -o comm").stdout


def test_its_root_is_nobody_on_the_host_and_in_other_machines(hostile: Box, box: Box) -> None:
    maps = [root(each, "cat /proc/self/uid_map").stdout.split() for each in (hostile, box)]
    starts, lengths = [int(each[1]) for each in maps], [int(each[2]) for each in maps]
    assert min(starts) > 0
    assert abs(starts[0] - starts[1]) >= max(lengths)


def test_another_customers_machine_and_the_hosts_ports_are_out_of_reach(hostile: Box, box: Box, rig: Rig) -> None:
    def tcp(host: str) -> str:
        return hostile.ssh(_TCP.format(host=host, port=22)).stdout.strip()

    assert (tcp("127.0.0.1"), tcp(box.wanted.address), tcp(rig.place.gateway)) == ("open", "closed", "closed")


def test_it_can_not_speak_as_another_machine(hostile: Box, box: Box) -> None:
    assert root(hostile, f"ip address add {box.wanted.address}/24 dev eth0").exit_code == 0
    try:
        assert box.ssh("hostname").stdout.strip() == box.spec.name
        sent = f"ping -c 1 -W 1 -I {box.wanted.address} {namespace.current().gateway}"
        assert root(hostile, sent).exit_code != 0
    finally:
        root(hostile, f"ip address del {box.wanted.address}/24 dev eth0")


def test_memory_and_processes_end_at_the_plans_limits(hostile: Box) -> None:
    eaten = root(hostile, "python3 -c 'x = bytearray(2 * 1024**3); print(len(x))'")
    assert (eaten.exit_code != 0, eaten.stdout) == (True, "")
    most = BLUEPRINT.limits(SIZE).processes
    forked = hostile.ssh("sudo", "python3", "-", stdin=_BOMB)
    assert 0 < int(forked.stdout or 0) < most
    root(hostile, "pkill -KILL -f 'python3 -'")
    assert hostile.ssh("true").exit_code == 0


def test_a_full_disk_is_its_own_matter_and_it_can_still_be_entered(own_box: Box, tmp_path: Path) -> None:
    filled = root(own_box, "dd if=/dev/urandom of=/var/fill bs=1M; sync; df --output=used / | tail -1")
    assert "quota exceeded" in filled.stderr.lower() or "no space left" in filled.stderr.lower(), filled.stderr
    assert own_box.ssh("true").exit_code == 0
    own_box.configure()
    assert root(own_box, "rm /var/fill; sync; echo well > /root/after; cat /root/after").stdout == "well\n"
