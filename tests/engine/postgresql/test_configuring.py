"""The one command that makes a machine a customer's server: repeatable, and safe to kill anywhere."""

from __future__ import annotations

import json
from dataclasses import replace

import psycopg
import pytest
from tests.engine.conftest import Rig
from tests.engine.postgresql.conftest import MIB, Service, order, with_password

from souk.blueprints.postgresql import BLUEPRINT, parameters
from souk.blueprints.postgresql.bundle import bundle
from souk.provisioning.contract import ConfigurationFailed, Size

pytestmark = pytest.mark.engine


def _document(service: Service) -> bytes:
    return json.dumps(bundle(service.wanted, service.credentials, service.certificate, timeout=30)).encode()


def _started_at(service: Service) -> str:
    return str(json.loads(service.execute(["/usr/lib/souk/probe"]).stdout)["started_at"])


def test_killed_at_any_moment_and_repeated_it_ends_the_same(rig: Rig, image: str) -> None:
    service = order(rig, image)
    for seconds in ("0.02", "0.1", "0.3", "0.5", "0.7", "0.8", "0.9", "0.05"):
        service.execute(["timeout", "--signal=KILL", seconds, "/usr/lib/souk/configure"], stdin=_document(service))
    service.configure()
    with service.connect() as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == ("app", "app")


def test_repeated_it_changes_nothing_and_restarts_nothing(own_service: Service) -> None:
    before = _started_at(own_service)
    done = own_service.execute(["/usr/lib/souk/configure"], stdin=_document(own_service))
    assert json.loads(done.stdout) == {"ready": True, "changed": False, "pool": False}
    assert _started_at(own_service) == before


def test_a_new_password_replaces_the_old_one(own_service: Service) -> None:
    renewed = with_password(own_service, "un-nouveau-mot-de-passe")
    renewed.configure()
    renewed.connect().close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        own_service.connect()


def test_a_new_certificate_is_served_without_a_restart(own_service: Service) -> None:
    before = _started_at(own_service)
    renewed = replace(own_service)
    assert renewed.certificate != own_service.certificate
    renewed.configure()
    renewed.connect().close()
    assert _started_at(own_service) == before


def test_a_bigger_plan_restarts_it_with_more_memory(own_service: Service) -> None:
    bigger = Size(vcpus=2, memory=1024 * MIB, disk=2048 * MIB)
    grown = replace(own_service, wanted=replace(own_service.wanted, size=bigger))
    own_service.engine.resize(own_service.spec.name, BLUEPRINT.limits(bigger))
    grown.configure()
    with grown.connect() as connection:
        assert connection.execute("SHOW shared_buffers").fetchone() == ("256MB",)


def test_a_stopped_service_serves_again_once_started(own_service: Service) -> None:
    with own_service.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1")
    own_service.engine.stop(own_service.spec.name)
    own_service.engine.start(own_service.spec.name)
    own_service.configure()
    with own_service.connect() as connection:
        assert connection.execute("TABLE kept").fetchone() == (1,)


def test_databases_and_every_offered_extension_are_made(rig: Rig, image: str) -> None:
    names = ["boutique", "compta"]
    service = order(rig, image, databases=names, extensions=list(parameters.EXTENSIONS))
    service.configure()
    for name in names:
        with service.connect(dbname=name) as connection:
            rows = connection.execute("SELECT extname FROM pg_extension").fetchall()
        assert {row[0] for row in rows} >= set(parameters.EXTENSIONS)


def test_two_services_share_no_identity(rig: Rig, image: str, service: Service) -> None:
    other = order(rig, image)
    other.configure()

    def identity(one: Service) -> tuple[str, str]:
        probed = json.loads(one.execute(["/usr/lib/souk/probe"]).stdout)
        return probed["system_identifier"], one.execute(["cat", "/etc/machine-id"]).stdout

    assert all(a != b for a, b in zip(identity(service), identity(other), strict=True))


def test_a_server_that_cannot_start_says_why(rig: Rig, image: str) -> None:
    service = order(rig, image)
    service.certificate = replace(service.certificate, key="not a key")
    with pytest.raises(ConfigurationFailed, match="could not load private key"):
        service.configure()


def test_no_secret_stays_in_the_engine_or_the_machines_journal(own_service: Service) -> None:
    password = own_service.credentials.password
    key = own_service.certificate.key.splitlines()[1]
    journal = own_service.execute(["journalctl", "--no-pager"]).stdout
    operations = own_service.engine._transport.raw("GET", "/1.0/operations", query={"recursion": "1"}).text
    config = own_service.engine._transport.raw("GET", f"/1.0/instances/{own_service.spec.name}").text
    for place in (journal, operations, config):
        assert password not in place
        assert key not in place
