"""Named credentials of a database: several at once, each ended for itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from tests.engine.conftest import Rig
from tests.engine.postgresql.conftest import Service, order

from souk.blueprints.postgresql import BLUEPRINT
from souk.provisioning.contract import Credentials, Declined

pytestmark = pytest.mark.engine

BINDER = BLUEPRINT.binder


def _grant(service: Service, name: str, password: str = "un-mot-de-passe") -> Credentials:
    credentials = BINDER.binding(service.wanted, name, password)
    BINDER.grant(service, service.wanted, credentials)
    return credentials


def _revoke(service: Service, *names: str) -> None:
    for name in names:
        BINDER.revoke(service, service.wanted, name)


def _connect(service: Service, credentials: Credentials) -> psycopg.Connection[tuple[Any, ...]]:
    return service.connect(user=credentials.username, password=credentials.password, dbname=credentials.database)


def test_two_bindings_work_at_once_on_the_same_data(own_service: Service) -> None:
    shop, books = _grant(own_service, "boutique"), _grant(own_service, "compta_2026", "un-autre")
    with _connect(own_service, shop) as one, _connect(own_service, books) as other:
        one.execute("CREATE TABLE commandes AS SELECT 1 AS n")
        other.execute("INSERT INTO commandes VALUES (2); ALTER TABLE commandes ADD note text")
        assert one.execute("SELECT session_user, current_user").fetchone() == ("boutique", "app")
    with own_service.connect() as owner:
        assert owner.execute("SELECT count(*) FROM commandes").fetchone() == (2,)
        owner.execute("DROP TABLE commandes")


def test_a_revoked_binding_is_refused_its_connections_end_and_its_objects_stay(own_service: Service) -> None:
    shop, books = _grant(own_service, "boutique"), _grant(own_service, "compta")
    held = _connect(own_service, shop)
    held.execute("CREATE TABLE by_role AS SELECT 1 AS n")
    # What a session makes that gives up the owner's role belongs to the binding itself.
    held.execute("RESET ROLE; SET ROLE NONE; CREATE SCHEMA own; CREATE TABLE own.by_itself AS SELECT 2 AS n")
    held.execute("GRANT SELECT ON own.by_itself TO compta; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO compta")
    for _ in range(2):
        _revoke(own_service, "boutique")
    with pytest.raises(psycopg.OperationalError):
        held.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        _connect(own_service, shop)
    for reader in (own_service.connect(), _connect(own_service, books)):
        with reader:
            rows = reader.execute("SELECT n FROM by_role UNION ALL SELECT n FROM own.by_itself ORDER BY 1").fetchall()
            assert rows == [(1,), (2,)]
    with own_service.connect() as owner:
        owner.execute("DROP SCHEMA own CASCADE")
        assert owner.execute("SELECT 1 FROM pg_roles WHERE rolname = 'boutique'").fetchall() == []


def test_granting_twice_is_granting_once_and_a_new_password_replaces_the_old_one(own_service: Service) -> None:
    first = _grant(own_service, "boutique")
    BINDER.grant(own_service, own_service.wanted, first)
    _connect(own_service, first).close()
    second = _grant(own_service, "boutique", "le-suivant")
    _connect(own_service, second).close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        _connect(own_service, first)


def test_objects_in_every_database_are_handed_over(rig: Rig, image: str) -> None:
    service = order(rig, image, databases=["boutique", "compta"])
    service.configure()
    shop = _grant(service, "vendeur")
    for database in ("boutique", "compta"):
        with _connect(service, replace(shop, database=database)) as session:
            session.execute("SET ROLE NONE; CREATE SCHEMA own")
    _revoke(service, "vendeur")
    for database in ("boutique", "compta"):
        with service.connect(dbname=database) as owner:
            found = owner.execute("SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'own'").fetchone()
        assert found == ("app",)


def test_a_binding_is_no_superuser_and_does_not_change_itself(
    own_service: Service,
) -> None:
    shop = _grant(own_service, "boutique")
    with _connect(own_service, shop) as session:
        for statement in (
            "COPY (SELECT 1) TO PROGRAM 'id'",
            "ALTER ROLE app SUPERUSER",
            "ALTER ROLE boutique VALID UNTIL '2000-01-01'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement)


def test_a_role_that_the_customer_made_is_neither_taken_over_nor_dropped(own_service: Service) -> None:
    with own_service.connect() as owner:
        owner.execute("CREATE ROLE lecteur LOGIN PASSWORD 'le-sien'")
    with pytest.raises(Declined, match="exists in the database already"):
        _grant(own_service, "lecteur")
    with pytest.raises(Declined):
        _revoke(own_service, "lecteur")
    own_service.connect(user="lecteur", password="le-sien").close()


def test_revoking_what_was_never_granted_is_nothing(own_service: Service) -> None:
    _revoke(own_service, "inconnu")
