"""What is kept stays when the server dies, and what is chosen holds while it runs."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time

import pytest
import valkey
from tests.engine.conftest import Rig
from tests.engine.valkey.conftest import Server, order

from souk.blueprints.valkey import BLUEPRINT

pytestmark = pytest.mark.engine
MANY = 700


@pytest.fixture(scope="module")
def own(rig_of_module: Rig, valkey_image: str, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A cache that becomes more, and less."""
    made = order(rig_of_module, valkey_image, tmp_path_factory.mktemp("own"), 2, persistence="none")
    made.configure()
    return made


def test_a_cache_forgets_and_what_is_kept_stays_also_as_that_changes_while_it_runs(own: Server) -> None:
    client = own.client()
    client.set("a", 1)
    connected = client.client_id()
    own.configure(persistence="always")
    assert client.client_id() == connected
    client.set("b", 2)
    pipe = client.pipeline(transaction=True)
    pipe.rpush("courses", "pain", "menthe").incr("b").execute()
    client.xadd("flux", {"nom": "un"})
    client.xgroup_create("flux", "lecteurs", "0")
    client.xreadgroup("lecteurs", "premier", {"flux": ">"})
    own.die()
    assert own.client().mget("a", "b") == ["1", "3"]
    assert own.client().lrange("courses", 0, -1) == ["pain", "menthe"]
    assert own.client().xpending("flux", "lecteurs")["pending"] == 1
    own.configure(persistence="snapshots")
    own.client().set("c", 3)
    own.die()
    assert own.client().mget("a", "b", "c") == ["1", "3", None]
    own.configure(persistence="everysec")
    own.client().set("d", 4)
    own.execute(["systemctl", "restart", "souk-valkey.service"])
    assert own.client().mget("a", "d") == ["1", "4"]
    own.configure(persistence="none")
    own.die()
    assert own.client().dbsize() == 0


def test_of_a_full_cache_the_oldest_gives_way(own: Server) -> None:
    own.configure(persistence="none", eviction="allkeys-lru")
    client = own.client()
    pipe = client.pipeline(transaction=False)
    for number in range(400):
        pipe.set(f"page:{number}", "x" * 262_144)
        if number % 50 == 49:
            pipe.execute()
    assert client.info("stats")["evicted_keys"] > 0
    assert client.get("page:399") is not None
    assert own.probe().ok
    client.flushall()


def test_notifications_and_idle_connections_are_as_chosen_at_once(own: Server) -> None:
    own.configure(notifications="Ex", timeout=1)
    heard = own.client().pubsub()
    heard.psubscribe("__keyevent@0__:expired")
    own.client().set("court", 1, px=50)
    deadline = time.monotonic() + 10
    while (said := heard.get_message(timeout=1)) is None or said["type"] != "pmessage":
        assert time.monotonic() < deadline
    assert said["data"] == "court"
    own.configure(notifications="", timeout=0)


def test_another_number_of_databases_is_there_after_a_restart(own: Server) -> None:
    own.configure(databases=2)
    assert own.client(db=1).ping()
    with pytest.raises(valkey.ResponseError, match="out of range"):
        own.client(db=3).ping()


def test_more_connections_than_there_are_are_refused_and_the_platform_gets_in(own: Server) -> None:
    context = ssl.create_default_context(cadata=own.authority.certificate)
    held: list[socket.socket] = []
    try:
        with contextlib.suppress(OSError):
            for _ in range(MANY):
                plain = socket.create_connection((own.wanted.address, 6379), timeout=5)
                held.append(plain)
                held.append(context.wrap_socket(plain, server_hostname=own.wanted.hostname))
        assert not own.probe().ok
        BLUEPRINT.binder.revoke(own, own.wanted, "personne")
    finally:
        for each in held:
            each.close()
    assert own.probe().ok
