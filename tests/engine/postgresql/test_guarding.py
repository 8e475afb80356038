"""Who may reach a machine: the addresses of a list, at any port, at once and after a restart. Strangers' addresses are
put on the host's own connections, by their source port.
"""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import time
from collections.abc import Iterator

import pytest
from tests.engine.conftest import Rig
from tests.engine.postgresql.conftest import Service, order

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.settings import namespace

pytestmark = pytest.mark.engine

FRIEND, STRANGER = "198.51.100.7", "203.0.113.9"
PORTS = {FRIEND: (41000, 41999), STRANGER: (42000, 42999)}
TABLE = "souk_test_sources"
POSTGRESQL = 5432
_ASKS_FOR_TLS = struct.pack("!ii", 8, 80877103)


@pytest.fixture(scope="module")
def guarded(incus: IncusEngine, image: str) -> Iterator[Service]:
    """A service whose list the tests change; connections from these source ports come from a stranger or a friend."""
    rig = Rig(incus, namespace.current())
    try:
        made = order(rig, image, 70)
        made.configure()
        rules = "".join(
            f"ip daddr {made.wanted.address} tcp sport {first}-{last} snat to {source}:{first}-{last}\n"
            for source, (first, last) in PORTS.items()
        )
        _nft(
            f"table ip {TABLE} {{\nchain sources {{\ntype nat hook postrouting priority srcnat - 10; policy accept;\n"
            f"{rules}}}\n}}\n"
        )
        yield made
    finally:
        subprocess.run(["nft", "delete", "table", "ip", TABLE], check=False)
        rig.clear()


def _nft(script: str) -> None:
    subprocess.run(["nft", "-f", "-"], input=script, text=True, check=True)


def _allow(service: Service, allowed: list[str] | None) -> None:
    document = {"allowed": allowed, "always": [namespace.current().gateway]}
    done = service.execute(["/usr/lib/souk/guard"], stdin=json.dumps(document).encode())
    assert done.exit_code == 0, done.stdout + done.stderr


_next = {source: first for source, (first, _) in PORTS.items()}


def _connect(service: Service, source: str, port: int = POSTGRESQL) -> socket.socket:
    """A connection that comes from this address."""
    _next[source] += 1
    return socket.create_connection((service.wanted.address, port), timeout=2, source_address=("", _next[source]))


def _reaches(service: Service, source: str, port: int = POSTGRESQL) -> bool:
    try:
        _connect(service, source, port).close()
    except OSError:
        return False
    return True


def test_everyone_reaches_a_service_without_a_list(guarded: Service) -> None:
    _allow(guarded, None)
    assert [_reaches(guarded, source) for source in PORTS] == [True, True]


def test_only_the_listed_reach_it_and_the_platform_does_too(guarded: Service) -> None:
    began = time.monotonic()
    _allow(guarded, ["198.51.100.0/24", "192.0.2.1/32"])
    assert [_reaches(guarded, source) for source in PORTS] == [True, False]
    assert time.monotonic() - began < 2
    with _connect(guarded, FRIEND) as friend:
        friend.sendall(_ASKS_FOR_TLS)
        assert friend.recv(1) == b"S"
    assert BLUEPRINT.probe(guarded.wanted, guarded.credentials, guarded.authority.certificate).ok


def test_a_list_holds_for_every_port(guarded: Service) -> None:
    _allow(guarded, [f"{FRIEND}/32"])
    listen = "import socket, time; s = socket.create_server(('', 9999)); time.sleep(30)"
    guarded.execute(["systemd-run", "--quiet", "/usr/bin/python3", "-c", listen])
    _allow(guarded, [f"{FRIEND}/32"])
    deadline = time.monotonic() + 5
    while not _reaches(guarded, FRIEND, 9999) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _reaches(guarded, FRIEND, 9999)
    assert not _reaches(guarded, STRANGER, 9999)


def test_who_is_taken_off_the_list_loses_the_connections_it_has(guarded: Service) -> None:
    _allow(guarded, [f"{FRIEND}/32"])
    with _connect(guarded, FRIEND) as held:
        _allow(guarded, [f"{STRANGER}/32"])
        held.sendall(_ASKS_FOR_TLS)
        with pytest.raises(OSError, match=r"reset|timed out"):
            held.recv(1)


def test_nobody_and_a_hundred_and_the_whole_internet_are_lists_too(guarded: Service) -> None:
    _allow(guarded, [])
    assert [_reaches(guarded, source) for source in PORTS] == [False, False]
    _allow(guarded, [f"10.0.{number}.0/24" for number in range(99)] + ["203.0.113.0/28"])
    assert [_reaches(guarded, source) for source in PORTS] == [False, True]
    _allow(guarded, ["0.0.0.0/0"])
    assert [_reaches(guarded, source) for source in PORTS] == [True, True]


def test_a_machine_that_starts_again_never_lets_a_stranger_in(guarded: Service) -> None:
    _allow(guarded, [f"{FRIEND}/32"])
    guarded.engine.stop(guarded.spec.name)
    guarded.engine.start(guarded.spec.name)
    deadline, strangers = time.monotonic() + 20, 0
    while not _reaches(guarded, FRIEND) and time.monotonic() < deadline:
        strangers += _reaches(guarded, STRANGER)
    assert _reaches(guarded, FRIEND)
    assert strangers + _reaches(guarded, STRANGER) == 0


def test_what_the_machine_itself_asks_for_is_answered(guarded: Service) -> None:
    _allow(guarded, [])
    gateway = namespace.current().gateway
    look = f"import socket; socket.create_connection(('{gateway}', 53), 2).close()"
    assert guarded.python(look).exit_code == 0
    _allow(guarded, None)
