"""What a customer's client meets."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pymysql
import pytest
from tests.engine.mariadb.conftest import Service
from tests.support.authorities import authority

from souk.blueprints.mariadb import BLUEPRINT
from souk.blueprints.mariadb.snippets import snippets

pytestmark = pytest.mark.engine
_FOUND = """
import socket
known = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **told: known("{address}" if host == "{host}" else host, *rest, **told)
"""


def test_a_customer_selects_1_over_verified_tls(service: Service) -> None:
    assert service.ask("SELECT 1") == [(1,)]
    [(_, version)] = service.ask("SHOW SESSION STATUS LIKE 'Ssl_version'")
    assert version in {"TLSv1.2", "TLSv1.3"}


def test_ten_thousand_rows_go_in_and_come_out_in_the_order_that_french_readers_expect(service: Service) -> None:
    rows = [(number, f"client {number} — عميل") for number in range(10_000)]
    with service.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE factures (id INT PRIMARY KEY, client VARCHAR(40))")
        cursor.executemany("INSERT INTO factures VALUES (%s, %s)", rows)
        cursor.execute("SELECT COUNT(*), SUM(id), MAX(client) FROM factures")
        assert cursor.fetchone() == (10_000, 49_995_000, "client 9999 — عميل")
        cursor.execute("DROP TABLE factures")
        cursor.execute("VALUES ('zèbre'), ('été'), ('fin'), ('Eau') ORDER BY 1")
        assert [word for (word,) in cursor.fetchall()] == ["Eau", "été", "fin", "zèbre"]


def test_a_wrong_password_and_the_administrator_are_refused(service: Service) -> None:
    for username, password in (("app", "wrong"), ("root", ""), ("root", service.credentials.password)):
        wrong = replace(service.credentials, username=username, password=password)
        with pytest.raises(pymysql.OperationalError, match="Access denied"):
            service.ask("SELECT 1", credentials=wrong)


def test_a_connection_without_tls_is_refused(service: Service) -> None:
    with pytest.raises(pymysql.OperationalError, match="require_secure_transport"):
        pymysql.connect(
            host=service.wanted.address, user="app", password=service.credentials.password, ssl_disabled=True
        )


def test_a_certificate_of_another_authority_or_for_another_name_is_not_trusted(service: Service) -> None:
    for wanted, trusted in (
        (service.wanted, authority().certificate),
        (replace(service.wanted, hostname="someone-else.example"), service.authority.certificate),
    ):
        health = BLUEPRINT.probe(wanted, service.credentials, trusted)
        assert not health.ok
        assert "certificate verify failed" in health.detail


def test_what_a_customer_copies_connects(service: Service, tmp_path: Path) -> None:
    host = service.wanted.hostname
    copied = {each.language: each.text for each in snippets(host, "app", "app")}["Python"]
    (tmp_path / "souk-ca.pem").write_text(service.authority.certificate)
    found = _FOUND.format(host=host, address=service.wanted.address)
    done = subprocess.run(
        [sys.executable, "-c", found + copied],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "MYSQL_PWD": service.credentials.password},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("11.8."), done.stderr


def test_what_is_chosen_is_in_force_without_a_restart(service: Service) -> None:
    [(_, before)] = service.ask("SHOW GLOBAL STATUS LIKE 'Uptime'")
    shown = "SELECT @@time_zone, @@long_query_time, @@max_connections, @@event_scheduler, @@sql_mode LIKE '%ANSI%'"
    usual, chosen = service.wanted, {"timezone": "Africa/Casablanca", "slow_query_seconds": 1, "connections": 20}
    try:
        more = {**usual.parameters, **chosen, "events": True, "sql_mode": "ansi"}
        service.wanted = replace(usual, parameters=more)
        service.configure()
        assert service.ask(shown) == [("Africa/Casablanca", 1.0, 20, "ON", 1)]
        service.ask("SELECT SLEEP(1.2), 'nobody else waits'")
        time.sleep(2.5)
    finally:
        service.wanted = usual
        service.configure()
    assert service.ask(shown) == [("+00:00", 2.0, 50, "OFF", 0)]
    [(_, after)] = service.ask("SHOW GLOBAL STATUS LIKE 'Uptime'")
    assert int(after) > int(before)
    log = BLUEPRINT.observer.log(service, service.wanted, "", 2**20)
    assert any("Query_time: 1.2" in line.text and "nobody else waits" in line.text for line in log.lines)


def test_it_tells_how_it_is_and_which_queries_take_long_without_what_they_ask_for(service: Service) -> None:
    observer = BLUEPRINT.observer
    secret = secrets.token_hex(8)
    service.ask("CREATE OR REPLACE TABLE clients (nom VARCHAR(40))", f"SELECT SLEEP(0.3), '{secret}' FROM clients")
    service.ask(*[f"SELECT COUNT(*) FROM clients WHERE nom = '{secret}'"] * 3)
    look = observer.look(service.wanted, service.credentials, service.authority.certificate)
    told = dict(zip([metric.key for metric in observer.metrics], look.values, strict=True))
    assert look.health.ok
    assert told["connections"] == 0
    assert told["connections_limit"] == 50
    assert told["queries"] > 3
    assert told["database_bytes"] > 10 * 1024**2
    assert told["read_only"] == 0
    found = observer.statements(service, service.wanted, 50)
    [counted] = [each for each in found if "COUNT" in each.text and "`nom`" in each.text]
    assert (counted.database, counted.calls, counted.rows) == ("app", 3, 3)
    assert secret not in repr(found)
    service.ask("DROP TABLE clients")
