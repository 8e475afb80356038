"""Another machine takes over from one that is written to all the time."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pymysql
import pytest
from tests.engine.conftest import Rig
from tests.engine.mariadb.conftest import Service, order
from tests.engine.website.test_taking_over import FOLLOWER, LEADER, rig_with_network

from souk.blueprints.mariadb import BLUEPRINT
from souk.provisioning.contract import Credentials, Way

pytestmark = pytest.mark.engine
__all__ = ["rig_with_network"]


@contextlib.contextmanager
def _writing(service: Service) -> Iterator[list[int]]:
    """A customer who goes on to insert numbers; those that were acknowledged."""
    stop, told = threading.Event(), []

    def write() -> None:
        number = 0
        while not stop.is_set():
            with contextlib.suppress(pymysql.MySQLError, OSError), service.connect() as connection:
                while not stop.is_set():
                    with connection.cursor() as cursor:
                        cursor.execute("INSERT INTO numeros VALUES (%s)", [number + 1])
                    number += 1
                    told.append(number)
            number += 1
            time.sleep(0.02)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        yield told
    finally:
        stop.set()
        writing.join()


def _follower(rig: Rig, of: Service, network: str) -> Service:
    """A machine that is to take over from another one, started and not configured."""
    address = next(rig.addresses())
    spec = replace(
        of.spec, name=of.spec.name + "b", address=address, private=network, environment={"SOUK_ROLE": "copy"}
    )
    rig.engine.create(spec, start=True)
    wanted = replace(of.wanted, address=address, follows=True)
    return Service(rig.engine, spec, wanted, of.credentials, of.authority)


def test_a_machine_that_takes_over_has_all_that_was_acknowledged_and_lets_in_the_same_users(
    rig_with_network: tuple[Rig, str], maria_image: str
) -> None:
    rig, network = rig_with_network
    present = order(rig, maria_image, 8, events=True)
    present.configure()
    present.ask("CREATE TABLE numeros (n INT PRIMARY KEY)", "CREATE VIEW vue AS SELECT MAX(n) AS n FROM numeros")
    present.ask("CREATE EVENT matin ON SCHEDULE EVERY 1 DAY DO DELETE FROM numeros WHERE n < 0")
    agency = present.bind("agence")
    rig.engine.join(present.spec.name, network)
    succession, way = BLUEPRINT.succession, Way(LEADER, FOLLOWER, secrets.token_urlsafe(24))
    assert succession.release(present, present.wanted).startswith("11.8.")
    succession.lead(present, present.wanted, way)
    coming = _follower(rig, present, network)
    with _writing(present) as told:
        succession.follow(coming, coming.wanted, way)
        coming.configure()
        late = present.bind("tard")
        present.ask("CREATE EVENT soir ON SCHEDULE EVERY 1 DAY DO DELETE FROM numeros WHERE n < 0")
        succession.draw_near(present, coming, coming.wanted)
        begun = time.monotonic()
        end = succession.hand_over(present, present.wanted)
        before = len(told)
        assert not BLUEPRINT.probe(present.wanted, present.credentials, present.authority.certificate).ok
        succession.receive(coming, coming.wanted, end)
        coming.wanted = replace(coming.wanted, follows=False)
        coming.configure()
        assert coming.ask("SELECT 1") == [(1,)]
        assert time.monotonic() - begun < 20
    assert before > 10
    assert len(told) == before
    found = {number for (number,) in coming.ask("SELECT n FROM numeros")}
    # Of the last one the answer may have been lost.
    assert set(told) <= found
    assert len(found - set(told)) <= 2
    for who in (agency, late):
        assert coming.ask("SELECT n FROM vue", credentials=who) == [(max(found),)]
    events = coming.ask("SELECT EVENT_NAME, STATUS FROM information_schema.EVENTS ORDER BY 1")
    assert events == [("matin", "ENABLED"), ("soir", "ENABLED")]
    coming.ask("INSERT INTO numeros VALUES (-5)")
    follower = Credentials("souk_successor", way.password)
    with pytest.raises(pymysql.OperationalError, match="denied"):
        coming.ask("SELECT 1", credentials=follower)
    succession.stay(present, present.wanted)
    assert set(told) <= {number for (number,) in present.ask("SELECT n FROM numeros")}
