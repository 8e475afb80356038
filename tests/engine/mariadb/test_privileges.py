"""What customers may, and what nobody may who comes over the network."""

from __future__ import annotations

import pymysql
import pytest
from tests.engine.mariadb.conftest import Service

from souk.blueprints.mariadb import BLUEPRINT
from souk.provisioning.contract import BindingRole, Credentials, Declined

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    "statement",
    [
        "LOAD DATA INFILE '/etc/passwd' INTO TABLE t",
        "SELECT 1 INTO OUTFILE '/tmp/x'",
        "SET GLOBAL read_only = 0",
        "SET GLOBAL max_connections = 10",
        "SET SESSION enforce_storage_engine = NULL",
        "SET SESSION sql_log_bin = 0",
        "INSTALL SONAME 'ha_archive'",
        "CREATE FUNCTION f RETURNS STRING SONAME 'x.so'",
        "CREATE USER intrus",
        "GRANT FILE ON *.* TO app",
        "CREATE DEFINER = root@localhost PROCEDURE p() SELECT 1",
        "SELECT * FROM mysql.global_priv",
        "CREATE TABLE a (x INT) ENGINE = Aria",
        "CREATE DATABASE autre",
        "SHUTDOWN",
    ],
)
def test_an_owner_is_not_the_servers_administrator(service: Service, statement: str) -> None:
    with pytest.raises(pymysql.MySQLError, match=r"denied|NO_ENGINE_SUBSTITUTION"):
        service.ask("CREATE TABLE IF NOT EXISTS t (x INT)", statement)


def test_the_servers_files_are_read_by_nobody(service: Service) -> None:
    assert service.ask("SELECT LOAD_FILE('/etc/passwd')") == [(None,)]


def test_a_reader_reads_and_a_writer_writes_in_one_database_only(service: Service) -> None:
    BLUEPRINT.keeper.create(service, service.wanted, "ap_2")
    service.ask("CREATE OR REPLACE TABLE t (x INT)", "CREATE TABLE ap_2.u (x INT)")
    reader, writer = service.bind("lecteur", BindingRole.READER), service.bind("compta", BindingRole.WRITER)
    service.ask("INSERT INTO t VALUES (1)", credentials=writer)
    assert service.ask("SELECT x FROM t", credentials=reader) == [(1,)]
    for who, statement in (
        (reader, "INSERT INTO t VALUES (2)"),
        (reader, "SELECT * FROM ap_2.u"),
        (writer, "DROP TABLE t"),
        (writer, "INSERT INTO ap_2.u VALUES (2)"),
    ):
        with pytest.raises(pymysql.OperationalError, match="denied"):
            service.ask(statement, credentials=who)
    BLUEPRINT.keeper.drop(service, service.wanted, "ap_2")
    BLUEPRINT.keeper.create(service, service.wanted, "ap_2")
    assert service.ask("SHOW TABLES IN ap_2") == []
    with pytest.raises(pymysql.OperationalError, match="denied"):
        # Nothing stands for a letter in a database's name.
        service.ask("CREATE TABLE apx2.t (x INT)")
    BLUEPRINT.keeper.drop(service, service.wanted, "ap_2")
    with pytest.raises(Declined, match="not there any more"):
        service.bind("trop_tard", BindingRole.READER, "ap_2")
    for name in ("lecteur", "compta"):
        BLUEPRINT.binder.revoke(service, service.wanted, name)


def test_who_is_revoked_leaves_and_what_runs_in_its_name_goes_on(service: Service) -> None:
    service.ask("CREATE OR REPLACE TABLE t (x INT)", "INSERT INTO t VALUES (7)")
    gone = service.bind("ancien")
    with service.connect(gone) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE VIEW sept AS SELECT x FROM t")
        for _ in range(2):
            BLUEPRINT.binder.revoke(service, service.wanted, "ancien")
        with pytest.raises(pymysql.OperationalError):
            cursor.execute("SELECT 1")
    assert service.ask("SELECT x FROM sept") == [(7,)]
    with pytest.raises(pymysql.OperationalError, match="denied"):
        service.ask("SELECT 1", credentials=gone)
    again = service.bind("ancien", BindingRole.READER)
    with pytest.raises(pymysql.OperationalError, match="denied"):
        service.ask("CREATE TABLE neuf (x INT)", credentials=again)
    service.ask("DROP VIEW sept")
    BLUEPRINT.binder.revoke(service, service.wanted, "ancien")


def test_rotated_credentials_do_what_the_first_did_and_nothing_is_lost_by_configuring_again(service: Service) -> None:
    first, next_one = service.credentials, service.bind("app_2")
    BLUEPRINT.binder.revoke(service, service.wanted, first.username)
    service.credentials = Credentials(next_one.username, next_one.password, "app")
    service.configure()
    with pytest.raises(pymysql.OperationalError, match="denied"):
        service.ask("SELECT 1", credentials=first)
    service.ask("CREATE OR REPLACE TABLE t (x INT)")
    service.credentials = first
    service.configure()
    BLUEPRINT.binder.revoke(service, service.wanted, "app_2")
    assert service.ask("SELECT COUNT(*) FROM t") == [(0,)]
