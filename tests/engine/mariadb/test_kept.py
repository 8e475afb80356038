"""Databases are backed up while they are written to, and come back as they were: every row, and nobody's password."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pymysql
import pytest
from tests.engine.conftest import Rig, image_cache
from tests.engine.mariadb.conftest import Service, order
from tests.engine.objectstorage.conftest import Storage
from tests.engine.objectstorage.conftest import order as order_storage

from souk.blueprints.mariadb import BLUEPRINT
from souk.blueprints.objectstorage import BLUEPRINT as STORAGE
from souk.engines import images
from souk.provisioning.contract import BackupKind, BindingRole, ConfigurationFailed, Credentials, Declined, Vessel

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def storage(rig_of_module: Rig) -> Storage:
    """Where repositories are, on another machine: the platform's."""
    images.ensure(rig_of_module.engine, STORAGE.recipe, image_cache())
    made = order_storage(rig_of_module, STORAGE.recipe.alias, 4)
    made.configure()
    return made


@pytest.fixture(scope="module")
def key(storage: Storage) -> Credentials:
    """The service's own key there."""
    return storage.grant("my_kept01")


def test_rows_views_and_programs_come_back_in_another_machine_and_the_proof_sees_what_is_not_as_it_was(
    service: Service, storage: Storage, key: Credentials, rig_of_module: Rig, maria_image: str
) -> None:
    archivist, repository = BLUEPRINT.archivist, storage.repository(key)
    maker, stays = service.bind("agence"), service.bind("reste", BindingRole.READER)
    service.ask(
        "CREATE OR REPLACE TABLE a_garder (id INT PRIMARY KEY AUTO_INCREMENT, nom VARCHAR(90), octets BLOB)",
        "INSERT INTO a_garder (nom, octets) SELECT CONCAT('n', seq, ' é عميل\\n'), UNHEX(MD5(seq)) FROM seq_1_to_20000",
        "CREATE OR REPLACE VIEW vue AS SELECT COUNT(*) AS n FROM a_garder",
        "CREATE OR REPLACE PROCEDURE compte() SELECT COUNT(*) FROM a_garder",
        "CREATE OR REPLACE TRIGGER avant BEFORE INSERT ON a_garder FOR EACH ROW SET NEW.nom = UPPER(NEW.nom)",
        credentials=maker,
    )
    archivist.attach(service, service.wanted, repository)
    archivist.back_up(service, service.wanted, BackupKind.FULL, "a" * 32)
    was = archivist.mark(service, service.wanted, "souk-proof", 7)
    assert {"app: a_garder", "app: view vue", "app: programs"} <= set(was.tables)
    service.ask("UPDATE a_garder SET nom = 'autre' WHERE id = 777")
    changed = archivist.fingerprint(service, service.wanted, was.extent)
    assert was.differences(changed) == ["app: a_garder"]
    [(label, found)] = archivist.backups(service, service.wanted).items()
    assert (label, found.kind) == ("a" * 32, BackupKind.FULL)
    with pytest.raises(ConfigurationFailed, match="in use"):
        archivist.restore(service, service.wanted, repository, None)
    early = order(rig_of_module, maria_image, 6, events=True)
    with pytest.raises(Declined, match="old enough"):
        archivist.restore(early, early.wanted, repository, found.started_at.replace(year=2020))

    for _ in range(2):
        archivist.restore(early, early.wanted, repository, None, "souk-proof")
    early.configure()
    archivist.shut_out_all_but(early, early.wanted, ["app"])
    assert was.differences(archivist.fingerprint(early, early.wanted, was.extent)) == []
    assert early.ask("SELECT n FROM vue") == [(20_000,)]
    assert early.ask("SELECT @@event_scheduler") == [("OFF",)]
    assert early.execute(["systemctl", "is-active", "souk-events.timer"]).stdout.strip() == "active"
    assert early.execute(["systemctl", "start", "souk-events.service"]).exit_code == 0
    assert early.ask("SELECT @@event_scheduler") == [("ON",)]
    early.configure()
    assert early.ask("SELECT @@event_scheduler") == [("ON",)]
    assert early.ask("CALL compte()") == [(20_000,)]
    for other in (service.credentials, maker, stays):
        with pytest.raises(pymysql.OperationalError, match="denied"):
            early.ask("SELECT 1", credentials=other)
    early.bind("agence")
    assert early.ask("INSERT INTO a_garder (nom) VALUES ('x')", "SELECT MAX(nom) = 'X' FROM a_garder WHERE id > 20000")
    for name in ("agence", "reste"):
        BLUEPRINT.binder.revoke(service, service.wanted, name)


def test_an_export_is_sql_that_another_owner_reads_in_and_that_says_nothing_of_users(
    service: Service, storage: Storage, key: Credentials, tmp_path: Path
) -> None:
    service.ask(
        "CREATE OR REPLACE TABLE sorti (t TEXT)",
        "INSERT INTO sorti VALUES ('DEFINER=`x`@`%` reste\\n/*!50 là')",
        "CREATE OR REPLACE VIEW sortie AS SELECT t FROM sorti",
        "CREATE OR REPLACE PROCEDURE sort_tout() SELECT t FROM sorti",
    )
    vessel = Vessel(storage.repository(key), "exports/app.sql.gz", "phrase-of-its-own")
    exported = BLUEPRINT.exporter.export(service, service.wanted, "app", vessel)
    sealed = storage.client(key, tmp_path).get_object(Bucket=vessel.repository.bucket, Key=vessel.key)["Body"].read()
    opened = subprocess.run(
        ["openssl", "enc", "-d", "-aes-256-ctr", "-pbkdf2", "-iter", "10000", "-pass", "pass:phrase-of-its-own"],
        input=sealed,
        capture_output=True,
        check=True,
    ).stdout
    assert len(opened) == exported.size
    text = gzip.decompress(opened).decode()
    assert "DEFINER=`app`" not in text
    assert "DEFINER=`x`@`%` reste" in text
    BLUEPRINT.keeper.create(service, service.wanted, "reprise")
    password = service.credentials.password
    told = f"[client]\npassword={password}\nhost=127.0.0.1\nuser=app\nssl-ca=/etc/souk/mariadb/ca.crt\n"
    service.execute(["sh", "-c", "umask 077; cat > /run/own.cnf"], stdin=told.encode())
    read = ["mariadb", "--defaults-file=/run/own.cnf", "--skip-ssl-verify-server-cert", "reprise"]
    done = service.execute(read, stdin=text.encode())
    assert done.exit_code == 0, done.stderr
    assert service.ask("SELECT t FROM reprise.sortie") == [("DEFINER=`x`@`%` reste\n/*!50 là",)]
    BLUEPRINT.keeper.drop(service, service.wanted, "reprise")
    with pytest.raises(Declined, match="no such database"):
        BLUEPRINT.exporter.export(service, service.wanted, "nulle_part", vessel)
