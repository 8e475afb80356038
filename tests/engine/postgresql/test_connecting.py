"""What a customer's client meets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests.engine.postgresql.conftest import Service, with_password
from tests.support.authorities import authority

from souk.blueprints.postgresql import BLUEPRINT
from souk.blueprints.postgresql.snippets import snippets

pytestmark = pytest.mark.engine


def test_a_customer_selects_1_over_verified_tls(service: Service) -> None:
    with service.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        [(version, cipher)] = connection.execute(
            "SELECT version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchall()
    assert version in {"TLSv1.2", "TLSv1.3"}
    assert cipher


def test_ten_thousand_rows_go_in_and_come_out(service: Service) -> None:
    with service.connect() as connection:
        connection.execute("CREATE TABLE factures (id int PRIMARY KEY, client text)")
        with connection.cursor().copy("COPY factures FROM STDIN") as copy:
            for number in range(10_000):
                copy.write_row((number, f"client {number} — عميل"))
        [(rows, total)] = connection.execute("SELECT count(*), sum(id) FROM factures").fetchall()
        connection.execute("DROP TABLE factures")
    assert (rows, total) == (10_000, 49_995_000)


def test_text_sorts_as_french_readers_expect(service: Service) -> None:
    with service.connect() as connection:
        words = connection.execute("SELECT w FROM unnest(ARRAY['zèbre', 'été', 'fin', 'Eau']) w ORDER BY w").fetchall()
    assert [word for (word,) in words] == ["Eau", "été", "fin", "zèbre"]


def test_a_wrong_password_is_refused(service: Service) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        with_password(service, "wrong").connect()


def test_a_connection_without_tls_is_refused(service: Service) -> None:
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        service.connect(sslmode="disable")


def test_another_authority_is_not_trusted(service: Service) -> None:
    health = BLUEPRINT.probe(service.wanted, service.credentials, authority().certificate)
    assert not health.ok
    assert "certificate verify failed" in health.detail


def test_a_certificate_for_another_name_is_not_trusted(service: Service) -> None:
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        service.connect(host="someone-else.example")


def test_the_superuser_cannot_sign_in_over_the_network(service: Service) -> None:
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        service.connect(user="postgres", dbname="postgres")


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "SELECT pg_read_file('/etc/souk/postgresql/server.key')",
        "ALTER SYSTEM SET shared_buffers = '1GB'",
        "CREATE EXTENSION file_fdw",
        "GRANT pg_execute_server_program TO app",
        "ALTER ROLE app SUPERUSER",
    ],
)
def test_the_owner_is_no_superuser(service: Service, statement: str) -> None:
    with service.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_the_owner_makes_further_users(service: Service) -> None:
    with service.connect() as connection:
        connection.execute("CREATE ROLE lecteur LOGIN PASSWORD 'mot-de-passe'")
        with service.connect(user="lecteur", password="mot-de-passe") as reader:
            assert reader.execute("SELECT current_user").fetchone() == ("lecteur",)
        connection.execute("DROP ROLE lecteur")


@pytest.mark.parametrize("language", ["psql", "Python"])
def test_what_a_customer_copies_connects(service: Service, tmp_path: Path, language: str) -> None:
    copied = {each.language: each.text for each in snippets(service.wanted.hostname, "app", "app")}[language]
    (tmp_path / "souk-ca.pem").write_text(service.authority.certificate)
    program = (
        [sys.executable, "-c", copied] if language == "Python" else ["sh", "-c", copied + " -c 'SELECT version()'"]
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "PGPASSWORD": service.credentials.password,
        "PGHOSTADDR": service.wanted.address,
    }
    done = subprocess.run(program, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "PostgreSQL 17" in done.stdout, done.stderr


def test_the_health_probe_answers_from_outside_and_inside(service: Service) -> None:
    assert BLUEPRINT.probe(service.wanted, service.credentials, service.authority.certificate).ok
    inside = service.execute(["/usr/lib/souk/probe"])
    assert inside.exit_code == 0
    assert '"ready" : true' in inside.stdout
