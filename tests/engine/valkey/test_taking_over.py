"""A newer machine takes over from one that is written to: nothing that was acknowledged is missing."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import valkey
from tests.engine.conftest import Rig
from tests.engine.valkey.conftest import Server, order
from tests.engine.website.test_taking_over import FOLLOWER, LEADER, rig_with_network

from souk.blueprints.valkey import BLUEPRINT
from souk.provisioning.contract import BindingRole, Credentials, Way

pytestmark = pytest.mark.engine
__all__ = ["rig_with_network"]
MOST_SECONDS = 6.0


class Writer:
    """A program that writes one number after another where somebody answers, and knows which were acknowledged."""

    def __init__(self, servers: list[Server], credentials: Credentials) -> None:
        told = {"socket_timeout": 2, "socket_connect_timeout": 1}
        self._clients = [server.client(credentials, **told) for server in servers]
        self._stop, self._thread = threading.Event(), threading.Thread(target=self._write)
        self.acknowledged, self.longest = 0, 0.0

    def _write(self) -> None:
        last, turn = time.monotonic(), 0
        while not self._stop.is_set():
            try:
                self._clients[turn % len(self._clients)].set(f"n:{self.acknowledged + 1}", 1)
            except valkey.ValkeyError:
                turn += 1
                time.sleep(0.01)
                continue
            self.acknowledged += 1
            self.longest, last = max(self.longest, time.monotonic() - last), time.monotonic()

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def test_a_newer_machine_takes_over_with_all_data_and_users_and_gives_back(
    rig_with_network: tuple[Rig, str], valkey_image: str, tmp_path: Path
) -> None:
    rig, network = rig_with_network
    present = order(rig, valkey_image, tmp_path, 8)
    present.configure()
    writes = present.grant("boutique", BindingRole.WRITER)
    client = present.client()
    for number in range(1_000):
        client.set(f"avant:{number}", "x" * 10_000)
    succession = BLUEPRINT.succession
    assert succession.release(present, present.wanted).startswith("8.1")
    assert succession.needed(present, present.wanted) > present.wanted.size.disk // 10
    rig.engine.join(present.spec.name, network)
    way = Way(LEADER, FOLLOWER, secrets.token_urlsafe(24))
    succession.lead(present, present.wanted, way)
    address = next(rig.addresses())
    spec = replace(
        present.spec, name=f"{present.spec.name}b", address=address, private=network, environment={"SOUK_ROLE": "copy"}
    )
    rig.engine.create(spec, start=True)
    wanted = replace(present.wanted, address=address, follows=True)
    coming = Server(rig.engine, spec, wanted, present.credentials, present.authority, tmp_path)
    for _ in range(2):
        succession.follow(coming, coming.wanted, way)
        coming.configure()
    assert not coming.probe().ok
    with Writer([present, coming], writes) as writer:
        succession.draw_near(present, coming, coming.wanted)
        time.sleep(1)
        end = succession.hand_over(present, present.wanted)
        assert not present.probe().ok
        succession.receive(coming, coming.wanted, end)
        coming.wanted = replace(coming.wanted, follows=False)
        coming.configure()
        time.sleep(1)
    assert writer.longest < MOST_SECONDS
    client = coming.client()
    assert client.exists(*(f"n:{number + 1}" for number in range(writer.acknowledged))) == writer.acknowledged
    assert client.get("avant:999") == "x" * 10_000
    assert client.info("replication")["role"] == "master"
    coming.execute(["systemctl", "restart", "souk-valkey.service"])
    assert coming.client().get("avant:999") == "x" * 10_000

    for _ in range(2):
        succession.stay(present, present.wanted)
    assert present.client(writes).get("avant:1") == "x" * 10_000
    assert present.probe().ok
