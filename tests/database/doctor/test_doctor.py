"""What the doctor sees, and what it says to do."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from tests.support import reconciling
from tests.support.vault import vault
from tests.support.world import customer

from souk.kernel import clock, events
from souk.kernel.ids import new_id
from souk.kernel.scope import System, acting
from souk.kernel.secrets import KeyRing
from souk.monitoring.incidents import open_incident
from souk.monitoring.models import Delivery, IncidentCause
from souk.ordering.commands import OrderDetails, place_order
from souk.parties.queries import projects
from souk.provisioning.commands import create_network
from souk.settings.doctor import acme, database, ground, keys, networks, quotas, work
from souk.settings.doctor.finding import Finding, Level
from souk.sites.models import CertificateAuthority, Site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings) -> Iterator[None]:
    from django.utils import translation

    from souk.cli import language

    settings.PROCESS = "web"
    language.install("en")
    with translation.override("en"):
        yield


def _one(check: Callable[[], Iterator[Finding]], subject: str) -> Finding:
    (found,) = (finding for finding in check() if finding.subject == subject)
    return found


def _event(age_seconds: int) -> None:
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_event (id, at, recorded_by, action, subject_kind, subject_id, actor, request_id, data)"
            " values (%s, now() - make_interval(secs => %s), pg_current_xact_id(), 'thing.happened', 'thing', %s,"
            " 'test', '', '{}')",
            [new_id(), age_seconds, new_id()],
        )


def _order(name: str) -> None:
    buyer = customer()
    details = OrderDetails(buyer.organization, "public", "exemple", "s", "ma-temara", name)
    place_order(buyer.scope, details)


def test_a_healthy_database_names_version_and_role() -> None:
    (found,) = database.answers()
    assert found.level == Level.OK
    assert "souk_web" in found.seen


def test_the_wrong_role_is_a_failure(settings) -> None:
    settings.PROCESS = "worker"
    assert [finding.level for finding in database.answers()] == [Level.OK, Level.FAIL]


def test_applied_migrations_and_walls_are_well() -> None:
    assert [finding.level for finding in (*database.migrations(), *database.walls())] == [Level.OK, Level.OK]


def test_a_missing_worker_is_a_failure() -> None:
    found = _one(work.worker, "Worker")
    assert found.level == Level.FAIL
    assert "worker" in found.mend


def test_a_service_in_trouble_is_named_with_its_trouble() -> None:
    _order("compta")
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("update provisioning_serviceinstance set trouble = 'The image is missing.'")
    found = _one(work.services, "Service “compta”")
    assert (found.level, found.seen) == (Level.FAIL, "The image is missing.")


def test_work_that_nobody_takes_is_a_failure() -> None:
    _order("compta")
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("update provisioning_convergence set next_at = now() - interval '5 minutes'")
    found = _one(work.services, "Services")
    assert found.level == Level.FAIL
    assert "5 min" in found.seen


def _watch(minutes: int) -> None:
    """A service that should have run for so long."""
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute(
            "insert into monitoring_watch (id, organization_id, instance_id, during) select gen_random_uuid(),"
            " organization_id, id, tstzrange(now() - make_interval(mins => %s), null)"
            " from provisioning_serviceinstance",
            [minutes],
        )


@pytest.mark.parametrize(("minutes", "level"), [(2, Level.OK), (10, Level.FAIL)])
def test_services_that_nobody_looks_at_are_told(minutes: int, level: Level) -> None:
    _order("compta")
    _watch(minutes)
    assert _one(work.looks, "Looks at services").level == level


def test_a_service_that_does_not_answer_is_named() -> None:
    _order("compta")
    _watch(10)
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("select instance_id from monitoring_watch")
        open_incident(cursor.fetchone()[0], IncidentCause.NO_ANSWER, clock.now() - timedelta(minutes=3))
    found = _one(work.looks, "Service “compta”")
    assert (found.level, "3 min" in found.seen) == (Level.FAIL, True)


@pytest.mark.parametrize(("attempts", "level"), [(1, Level.OK), (2, Level.FAIL)])
def test_letters_that_can_t_be_sent_are_told(attempts: int, level: Level) -> None:
    organization = customer().organization
    with acting(System("test")):
        Delivery.objects.create(
            organization_id=organization,
            person_id=new_id(),
            body={},
            attempts=attempts,
            outcome="connection refused",
            created_at=clock.now(),
        )
    assert _one(work.letters, "Letters about alerts").level == level


@pytest.mark.parametrize(("age", "level"), [(5, Level.OK), (60, Level.WARN), (900, Level.FAIL)])
def test_events_that_wait_too_long_are_told(age: int, level: Level) -> None:
    while events.consume("metering", lambda _: None):
        pass
    _event(age)
    assert _one(work.events, "Events for metering").level == level


def test_a_clock_set_back_is_told() -> None:
    _event(-600)
    found = _one(work.clock, "Clock")
    assert found.level == Level.WARN
    assert "set back" in found.seen


def test_the_clock_is_well_otherwise() -> None:
    assert _one(work.clock, "Clock").level == Level.OK


@pytest.fixture
def key_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("master", "identity", "django-secret"):
        path = tmp_path / f"{name}.key"
        path.write_text(KeyRing.generate_line())
        path.chmod(0o400)
    monkeypatch.setenv("SOUK_KEYS", str(tmp_path))
    return tmp_path


def test_keys_that_only_their_owners_read_are_well(key_folder: Path) -> None:
    assert {finding.level for finding in keys.files()} == {Level.OK}


def test_a_key_that_everybody_reads_comes_with_the_command_that_closes_it(key_folder: Path) -> None:
    path = key_folder / "master.key"
    path.chmod(0o644)
    found = _one(keys.files, "Key master.key")
    assert (found.level, found.mend) == (Level.FAIL, f"chmod 0600 {path}")


def test_a_lost_key_is_a_failure(key_folder: Path) -> None:
    (key_folder / "identity.key").unlink()
    assert _one(keys.files, "Key identity.key").level == Level.FAIL


def test_a_master_key_of_another_installation_is_found_out(key_folder: Path) -> None:
    (found,) = keys.opens()
    assert found.level == Level.FAIL
    assert "not in the ring" in found.seen


def test_the_ring_that_sealed_the_authority_opens_it() -> None:
    assert "SOUK_KEYS" in os.environ
    assert [finding.level for finding in keys.opens()] == [Level.OK]


@pytest.mark.parametrize(("days", "level"), [(500, Level.OK), (300, Level.WARN), (-1, Level.FAIL)])
def test_an_authority_is_told_long_before_it_ends_and_is_a_failure_after_that(days: int, level: Level) -> None:
    CertificateAuthority.objects.update(expires_at=clock.now() + timedelta(days=days))
    assert _one(work.certificates, "Certificates").level == level


@pytest.mark.parametrize(("used", "level"), [(10, Level.OK), (80, Level.WARN), (95, Level.FAIL)])
def test_a_pool_is_told_before_it_is_full(used: int, level: Level) -> None:
    assert ground.room("Pool", used, 100).level == level


def test_the_command_prints_json_and_exits_with_1_when_something_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json")
    findings = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert {"level", "subject", "seen", "mend"} == set(findings[0])
    assert all(finding["mend"] for finding in findings if finding["level"] != "ok")


def test_a_service_without_a_recent_backup_is_told_by_name() -> None:
    with vault():
        assert _one(work.backups, "Backups").level == Level.OK
        _order("compta")
        with acting(System("test")), connection.cursor() as cursor:
            cursor.execute(
                "update provisioning_serviceinstance set state = 'ready', ready_at = now() - interval '3 days'"
            )
        found = _one(work.backups, "Backups")
    assert found.level == Level.FAIL
    assert "compta" in found.seen


def test_a_service_whose_machine_the_engine_does_not_have_is_named_with_what_to_do(tmp_path: Path) -> None:
    place = reconciling.ground(tmp_path)
    reconciling.order(customer(), "compta")
    reconciling.work(place)
    assert [finding.level for finding in ground._machines(place.engine)] == [Level.OK]
    (machine,) = place.engine.machines()
    place.engine.delete(machine.name)
    (found,) = (finding for finding in ground._machines(place.engine) if finding.level == Level.FAIL)
    assert (found.subject, machine.name in found.seen) == ("Service “compta”", True)
    assert "Delete it again" in found.mend


@pytest.mark.parametrize(
    ("within", "occupied", "levels"),
    [
        ("10.192.0.0/10", [], [Level.OK]),
        ("10.192.0.0/10", ["10.192.0.0/16"], [Level.WARN]),
        ("10.192.0.0/24", [], [Level.FAIL]),
        ("10.192.0.0/10", ["10.0.0.0/8"], [Level.WARN, Level.FAIL]),
    ],
)
def test_a_range_without_room_and_networks_where_the_host_reaches_others_are_told(
    within: str, occupied: list[str], levels: list[Level]
) -> None:
    buyer = customer()
    create_network(buyer.scope, projects(buyer.scope, buyer.organization)[0].id, "ma-temara", "interne")
    with acting(System("test")):
        Site.objects.update(private_range=within, occupied=occupied)
    found = list(networks.check())
    assert [each.level for each in found] == levels
    assert ("interne" in found[0].seen) == bool(occupied)


def test_a_key_management_service_that_can_not_be_asked_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(keys.service()) == []
    monkeypatch.setenv("SOUK_KMS_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("SOUK_KMS_TOKEN_FILE", "/nonexistent/token")
    (found,) = keys.service()
    assert (found.level, found.subject) == (Level.FAIL, "Key management service")
    assert "/nonexistent/token" in found.seen


@pytest.mark.parametrize(
    ("inconsistent", "threshold", "level"), [("0", "8", "ok"), ("0", "3", "warn"), ("1", "8", "fail")]
)
def test_disk_limits_that_are_not_counted_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inconsistent: str, threshold: str, level: str
) -> None:
    told = tmp_path / "abc/qgroups"
    told.mkdir(parents=True)
    (told / "inconsistent").write_text(inconsistent)
    (told / "drop_subtree_threshold").write_text(threshold)
    monkeypatch.setattr(quotas, "SYSFS", tmp_path)
    found = subprocess.CompletedProcess([], 0, stdout="abc\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: found)
    (finding,) = quotas.check(Path("/pool"))
    assert finding.level == level


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ({"directory": "http://127.0.0.1:1/dir"}, "must begin with https://"),
        ({"directory": "https://127.0.0.1:1/dir", "key_id": "operator"}, "go together"),
        ({"directory": "https://127.0.0.1:1/dir", "ca_file": "/nonexistent"}, "SOUK_ACME_CA_FILE can't be read"),
        ({"directory": "https://127.0.0.1:1/dir"}, "does not answer"),
    ],
)
def test_an_acme_server_that_is_misset_or_away_is_a_failure(settings: Any, told: dict[str, str], seen: str) -> None:
    assert list(acme.check()) == []
    settings.ACME = {**settings.ACME, **told}
    (found,) = acme.check()
    assert (found.level, seen in found.seen) == (Level.FAIL, True)
