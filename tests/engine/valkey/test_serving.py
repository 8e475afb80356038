"""What a customer finds when the server is ready, and what nobody may do with it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time

import pytest
import valkey
from tests.engine.valkey.conftest import Server
from tests.support.authorities import authority

from souk.blueprints.valkey import BLUEPRINT, sizing
from souk.provisioning.contract import BindingRole, Credentials

pytestmark = pytest.mark.engine

DANGEROUS = (
    "CONFIG GET *",
    "CONFIG SET dir /tmp",
    "DEBUG SLEEP 0",
    "MODULE LIST",
    "SHUTDOWN NOSAVE",
    "REPLICAOF NO ONE",
    "ACL LIST",
    "ACL SETUSER other on",
    "MONITOR",
    "BGSAVE",
    "SAVE",
    "CLIENT PAUSE 1000",
    "CLUSTER INFO",
    "FAILOVER",
    "SYNC",
)


def test_what_is_written_is_read_over_tls_by_who_knows_the_password(server: Server) -> None:
    client = server.client()
    assert client.set("salut", "marhaba", ex=60)
    assert client.get("salut") == "marhaba"
    assert client.info("server")["valkey_version"].startswith("8.1")
    assert server.probe().ok
    assert client.dbsize() == 1


def test_nobody_comes_in_without_tls_a_password_or_with_another_services(server: Server) -> None:
    with socket.create_connection((server.wanted.address, 6379), timeout=5) as plain:
        plain.sendall(b"PING\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert b"PONG" not in plain.recv(100)
    for username, password in (("app", "wrong"), ("default", ""), ("souk", ""), ("other", server.credentials.password)):
        with pytest.raises(valkey.AuthenticationError):
            server.client(Credentials(username, password)).ping()
    with pytest.raises(valkey.AuthenticationError, match="Authentication required"):
        server.client(username=None, password=None).ping()
    # Somebody else's authority vouches for nothing here.
    assert not BLUEPRINT.probe(server.wanted, server.credentials, authority().certificate).ok
    assert not BLUEPRINT.probe(server.wanted, Credentials("app", "wrong"), server.authority.certificate).ok


@pytest.mark.parametrize("command", DANGEROUS)
def test_what_reaches_further_than_the_data_is_refused_to_the_owner(server: Server, command: str) -> None:
    with pytest.raises(valkey.ResponseError, match=r"no permissions|not allowed"):
        server.client().execute_command(*command.split())


def test_the_owner_may_do_everything_with_the_data_and_see_who_is_connected(server: Server) -> None:
    client = server.client()
    client.rpush("liste", 2, 1)
    dumped = server.client(decode_responses=False).dump("liste")
    assert isinstance(dumped, bytes)
    client.restore("copie", 0, dumped)
    assert client.sort("copie") == ["1", "2"]
    assert client.acl_whoami() == "app"
    assert [each["user"] for each in client.client_list()].count("app") >= 1
    assert isinstance(client.slowlog_get(), list)
    assert client.info("memory")["maxmemory"] == sizing.data(server.wanted.size.memory)
    client.function_load("#!lua name=aide\nserver.register_function('aide', function() return 1 end)", replace=True)
    assert client.fcall("aide", 0) == 1
    assert client.flushall()


def test_each_role_may_do_what_it_is_for_and_no_more(server: Server) -> None:
    client = server.client()
    client.set("compte", 1)
    writer = server.client(server.grant("boutique", BindingRole.WRITER))
    reads = server.grant("rapport", BindingRole.READER)
    assert BLUEPRINT.probe(server.wanted, reads, server.authority.certificate).ok
    reader = server.client(reads)
    assert writer.incr("compte") == 2
    assert writer.eval("return redis.call('get', KEYS[1])", 1, "compte") == "2"
    assert reader.get("compte") == "2"
    assert reader.keys("*") == ["compte"]
    assert reader.eval_ro("return redis.call('get', KEYS[1])", 1, "compte") == "2"
    refused = [
        lambda: reader.set("compte", 3),
        lambda: reader.eval("return redis.call('set', KEYS[1], 3)", 1, "compte"),
        lambda: reader.publish("canal", "mot"),
        lambda: writer.flushall(),
        lambda: writer.function_load("#!lua name=a\nserver.register_function('f', function() return 1 end)"),
        lambda: writer.config_get("*"),
        lambda: writer.execute_command("CLIENT", "KILL", "USER", "app"),
    ]
    for attempt in refused:
        with pytest.raises((valkey.exceptions.NoPermissionError, valkey.ResponseError)):
            attempt()
    assert client.get("compte") == "2"


def test_who_is_revoked_is_cut_off_and_nobody_else_is(server: Server) -> None:
    owner, leaving = server.client(), server.client(server.grant("partant", BindingRole.WRITER))
    before, _ = owner.client_id(), leaving.set("a", 1)
    BLUEPRINT.binder.revoke(server, server.wanted, "partant")
    with pytest.raises(valkey.ConnectionError):
        leaving.get("a")
    assert owner.client_id() == before
    server.configure()
    assert owner.client_id() == before


def test_a_full_memory_refuses_writes_in_clear_words_and_is_healthy(server: Server) -> None:
    client = server.client()
    for size in (sizing.MIB, 16_384, 1):
        with pytest.raises(valkey.exceptions.OutOfMemoryError, match="maxmemory"):
            _write_on(client, size)
    assert client.get("bloc:1048576:0") == "x" * sizing.MIB
    health = server.probe()
    assert health.ok
    assert "full" in health.detail
    server.configure(eviction="volatile-lru")
    server.configure(eviction="noeviction")
    client.flushall()
    assert client.set("encore", 1)


def _write_on(client: valkey.Valkey, size: int) -> None:
    """Values of so many bytes, many of them."""
    for number in range(20_000):
        client.set(f"bloc:{size}:{number}", "x" * size)


def test_a_script_without_end_is_told_of_and_ended(server: Server) -> None:
    other = server.client()
    other.set("intact", 1)
    with socket.create_connection((server.wanted.address, 6379)) as plain:
        context = ssl.create_default_context(cadata=server.authority.certificate)
        with context.wrap_socket(plain, server_hostname=server.wanted.hostname) as endless:
            known = f"AUTH app {server.credentials.password}\r\n"
            endless.sendall(known.encode() + b'EVAL "while true do end" 0\r\n')
            deadline = time.monotonic() + 15
            while "script" not in server.probe().detail:
                assert time.monotonic() < deadline
                time.sleep(0.2)
            server.configure()
    assert server.probe().ok
    assert server.client().get("intact") == "1"
