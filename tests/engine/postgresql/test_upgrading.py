"""PostgreSQL 15 as it is offered, and how its data comes to 17."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from tests.engine.conftest import Rig
from tests.engine.postgresql.conftest import Service, order

from souk.blueprints.postgresql import BLUEPRINT
from souk.provisioning.contract import BindingRole, Credentials

UPGRADER = BLUEPRINT.upgrader
ARCHIVIST = BLUEPRINT.archivist
WORDS = ["œuvre", "Zebra", "école", "العربية", "Émile", "a"]


def raised(service: Service) -> Service:
    """The same service, wanted with the newest version."""
    return replace(service, wanted=replace(service.wanted, parameters={**service.wanted.parameters, "version": "17"}))


@pytest.fixture
def old(rig: Rig, image: str) -> Service:
    """A service of the older version, in use."""
    made = order(rig, image, version="15", extensions=["hstore", "pg_trgm", "pg_stat_statements"])
    made.configure()
    return made


def test_a_service_of_the_older_version_serves_like_any_other(old: Service) -> None:
    with old.connect() as connection:
        assert connection.info.server_version // 10000 == 15
        [(makes_roles,)] = connection.execute("SELECT rolcreaterole FROM pg_roles WHERE rolname = 'app'").fetchall()
    assert not makes_roles


def test_readers_of_the_older_version_reach_their_database_only(old: Service) -> None:
    reader = Credentials("reports", "a-long-enough-password", "app")
    with old.connect() as connection:
        connection.execute("CREATE TABLE kept (n int)")
    BLUEPRINT.keeper.create(old, old.wanted, "second")
    BLUEPRINT.binder.grant(old, old.wanted, reader, BindingRole.READER)
    signed_in = replace(old, credentials=reader)
    with signed_in.connect() as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        with pytest.raises(psycopg.Error):
            connection.execute("INSERT INTO kept VALUES (1)")
    with pytest.raises(psycopg.OperationalError):
        signed_in.connect(dbname="second")
    old.configure()
    with pytest.raises(psycopg.OperationalError):
        signed_in.connect(dbname="second")


def test_data_is_the_same_in_the_newer_version(old: Service) -> None:
    with old.connect() as connection:
        connection.execute("CREATE TABLE words (word text PRIMARY KEY, tags hstore, at timestamptz DEFAULT now())")
        for word in WORDS:
            connection.execute("INSERT INTO words (word, tags) VALUES (%s, hstore('of', %s))", [word, word[::-1]])
        connection.execute("CREATE TABLE many AS SELECT n, md5(n::text) AS text FROM generate_series(1, 50000) AS n")
        connection.execute("SELECT lo_from_bytea(0, 'a large object')")
        sorted_before = connection.execute("SELECT word FROM words ORDER BY word").fetchall()
    converted = UPGRADER.convert(old, old.wanted, "17")
    assert not converted.obstacles
    new = raised(old)
    new.configure()
    settled = UPGRADER.settle(new, new.wanted, whole=True)
    assert {each.extension for each in settled.extensions} >= {"pg_stat_statements"}
    assert settled.sorted >= 1
    with new.connect() as connection:
        assert connection.info.server_version // 10000 == 17
        assert connection.execute("SELECT word FROM words ORDER BY word").fetchall() == sorted_before
        [(known,)] = connection.execute("SELECT count(*) FROM pg_stats WHERE tablename = 'many'").fetchall()
        assert known == 2
        connection.execute("CREATE ROLE made_by_customer")
    assert UPGRADER.settle(new, new.wanted, whole=False).extensions == []


def test_what_cannot_be_converted_is_told(old: Service) -> None:
    with old.connect() as connection:
        connection.execute("CREATE TABLE catalogue (of regproc)")
    converted = UPGRADER.convert(old, old.wanted, "17")
    [obstacle] = converted.obstacles
    assert "reg*" in obstacle.text
    assert any("catalogue.of" in each for each in obstacle.found)
    old.configure()
    with old.connect() as connection:
        assert connection.info.server_version // 10000 == 15


def test_what_only_the_conversion_itself_finds_is_told(old: Service) -> None:
    with old.connect() as connection:
        connection.execute("CREATE VIEW written AS SELECT buffers_backend FROM pg_stat_bgwriter")
    converted = UPGRADER.convert(old, old.wanted, "17")
    assert converted.obstacles
    assert any("buffers_backend" in line for each in converted.obstacles for line in each.found)
