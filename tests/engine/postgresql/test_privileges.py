"""Who reads, who writes and who owns: what each may really do in a database, and where else it can't even connect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from tests.engine.conftest import Rig
from tests.engine.postgresql.conftest import Service, order

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import BindingRole, Credentials, Declined
from souk.settings import namespace

pytestmark = pytest.mark.engine

BINDER, KEEPER = BLUEPRINT.binder, BLUEPRINT.keeper
DENIED = psycopg.errors.InsufficientPrivilege
Session = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="module")
def shop(incus: IncusEngine, image: str) -> Iterator[Service]:
    """A service with two databases, and in the first a table and a sequence."""
    rig = Rig(incus, namespace.current())
    try:
        made = order(rig, image, 60, databases=["boutique", "compta"])
        made.configure()
        with made.connect() as owner:
            owner.execute("CREATE TABLE commandes (id serial PRIMARY KEY, client text)")
            owner.execute("INSERT INTO commandes (client) VALUES ('Aïcha')")
        yield made
    finally:
        rig.clear()


def _grant(service: Service, name: str, role: BindingRole, database: str = "boutique") -> Credentials:
    credentials = Credentials(name, f"le-mot-de-passe-de-{name}", database)
    BINDER.grant(service, service.wanted, credentials, role)
    return credentials


def _sign_in(service: Service, credentials: Credentials, database: str = "") -> Session:
    return service.connect(
        user=credentials.username, password=credentials.password, dbname=database or credentials.database
    )


def test_a_reader_sees_what_is_there_and_what_comes_and_can_not_write(shop: Service) -> None:
    with _sign_in(shop, _grant(shop, "lecteur", BindingRole.READER)) as reader, shop.connect() as owner:
        assert reader.execute("SELECT client FROM commandes").fetchall() == [("Aïcha",)]
        owner.execute(
            "CREATE TABLE later AS SELECT 1 AS n; CREATE SCHEMA other; CREATE VIEW other.all_of AS TABLE later"
        )
        assert reader.execute("SELECT n FROM later UNION ALL SELECT n FROM other.all_of").fetchall() == [(1,), (1,)]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            reader.execute("INSERT INTO commandes (client) VALUES ('x')")
        reader.execute("SET default_transaction_read_only = off")
        for statement in (
            "INSERT INTO commandes (client) VALUES ('x')",
            "UPDATE later SET n = 2",
            "DELETE FROM commandes",
            "TRUNCATE later",
            "DROP TABLE later",
            "CREATE TABLE mine (n int)",
            "CREATE SCHEMA mine",
            "SELECT nextval('commandes_id_seq')",
            "SET ROLE app",
            "SELECT rolpassword FROM pg_authid",
        ):
            with pytest.raises(DENIED):
                reader.execute(statement)
        owner.execute("DROP SCHEMA other CASCADE; DROP TABLE later")


def test_a_writer_changes_rows_and_makes_nothing(shop: Service) -> None:
    with _sign_in(shop, _grant(shop, "caisse", BindingRole.WRITER)) as writer, shop.connect() as owner:
        writer.execute("INSERT INTO commandes (client) VALUES ('Brahim')")
        writer.execute("UPDATE commandes SET client = 'Badr' WHERE client = 'Brahim'")
        owner.execute("CREATE TABLE later (id serial, n int)")
        writer.execute("INSERT INTO later (n) VALUES (1)")
        assert writer.execute("DELETE FROM commandes WHERE client = 'Badr' RETURNING 1").fetchall() == [(1,)]
        for statement in (
            "CREATE TABLE mine (n int)",
            "DROP TABLE later",
            "ALTER TABLE later ADD x int",
            "SET ROLE app",
        ):
            with pytest.raises(DENIED):
                writer.execute(statement)
        owner.execute("DROP TABLE later")


@pytest.mark.parametrize("database", ["compta", "postgres", "template1"])
def test_who_reads_in_one_database_can_not_connect_to_another(shop: Service, database: str) -> None:
    confined = _grant(shop, "lecteur", BindingRole.READER)
    _sign_in(shop, confined).close()
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        _sign_in(shop, confined, database)


def test_an_owner_that_becomes_a_reader_is_cut_off_and_keeps_nothing(shop: Service) -> None:
    before = _sign_in(shop, _grant(shop, "devops", BindingRole.OWNER))
    before.execute(
        "CREATE ROLE backdoor ROLE devops; CREATE TABLE shared AS SELECT 1 AS n; ALTER TABLE shared OWNER TO app"
    )
    before.execute("SET ROLE NONE; CREATE SCHEMA own; CREATE TABLE own.kept AS SELECT 2 AS n")
    reader = _grant(shop, "devops", BindingRole.READER)
    with pytest.raises(psycopg.OperationalError):
        before.execute("SELECT 1")
    with _sign_in(shop, reader) as session:
        session.execute("SET default_transaction_read_only = off")
        assert session.execute("SELECT n FROM own.kept").fetchall() == [(2,)]
        for statement in ("DELETE FROM own.kept", "SET ROLE app", "SET ROLE backdoor"):
            with pytest.raises(DENIED):
                session.execute(statement)
    owner_again = _grant(shop, "devops", BindingRole.OWNER)
    with _sign_in(shop, owner_again, "compta") as session:
        assert session.execute("SELECT current_user").fetchall() == [("app",)]
    with shop.connect() as owner:
        owner.execute("DROP SCHEMA own CASCADE; DROP TABLE shared; DROP ROLE backdoor")


def test_a_reader_moves_to_another_database(shop: Service) -> None:
    _grant(shop, "nomade", BindingRole.READER)
    moved = _grant(shop, "nomade", BindingRole.READER, "compta")
    _sign_in(shop, moved).close()
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        _sign_in(shop, moved, "boutique")
    BINDER.revoke(shop, shop.wanted, "nomade")


def test_another_password_ends_the_sessions_and_leaves_what_was_granted_by_hand(shop: Service) -> None:
    before = _sign_in(shop, _grant(shop, "caisse", BindingRole.WRITER))
    with shop.connect() as owner:
        owner.execute("GRANT TRUNCATE ON commandes TO caisse")
    BINDER.grant(shop, shop.wanted, Credentials("caisse", "le-suivant", "boutique"), BindingRole.WRITER)
    with pytest.raises(psycopg.OperationalError):
        before.execute("SELECT 1")
    with shop.connect(user="caisse", password="le-suivant") as after:
        assert after.execute("SELECT has_table_privilege('commandes', 'TRUNCATE')").fetchall() == [(True,)]


def test_the_owner_itself_gets_another_password(shop: Service) -> None:
    BINDER.grant(shop, shop.wanted, Credentials("app", "provisoire", "boutique"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        shop.connect()
    shop.connect(password="provisoire").close()
    BINDER.grant(shop, shop.wanted, shop.credentials)
    shop.connect().close()


def test_a_database_is_made_used_and_dropped_with_whoever_uses_it(shop: Service) -> None:
    for _ in range(2):
        KEEPER.create(shop, shop.wanted, "essais")
    reader = _grant(shop, "testeur", BindingRole.READER, "essais")
    held = shop.connect(dbname="essais")
    held.execute("CREATE TABLE kept AS SELECT 1 AS n")
    with _sign_in(shop, reader) as session:
        assert session.execute("SELECT n FROM kept").fetchall() == [(1,)]
    BINDER.revoke(shop, shop.wanted, "testeur")
    for _ in range(2):
        KEEPER.drop(shop, shop.wanted, "essais")
    with pytest.raises(psycopg.OperationalError):
        held.execute("SELECT 1")
    with shop.connect() as owner:
        left = owner.execute(
            "SELECT 1 FROM pg_roles WHERE rolname ~ '^souk_' AND NOT EXISTS (SELECT FROM pg_database"
            " WHERE rolname LIKE '%_' || oid)"
        ).fetchall()
    assert left == []
    with pytest.raises(Declined, match="not there any more"):
        _grant(shop, "testeur", BindingRole.READER, "essais")


def test_who_is_confined_stays_so_when_the_service_is_configured_again_and_restarts(shop: Service) -> None:
    confined = _grant(shop, "lecteur", BindingRole.READER)
    shop.configure()
    shop.execute(["systemctl", "restart", "souk-postgresql.service"])
    _sign_in(shop, confined).close()
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        _sign_in(shop, confined, "compta")
