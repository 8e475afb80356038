"""How Souk's processes are described, to systemd and to PostgreSQL."""

from pathlib import Path

import pytest
from install import keys, nightly, postgresql
from install.services import Service
from install.steps import Steps

from souk.settings.namespace import Namespace


@pytest.fixture
def ns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Namespace:
    monkeypatch.delenv("SOUK_KEYS", raising=False)
    return Namespace("demo", tmp_path / "state", tmp_path / "run")


def test_a_unit_carries_the_namespace_in_its_name_and_waits_for_what_it_needs(ns: Namespace):
    web = Service(
        ns, "web", ("/x/python", "-m", "granian"), "souk-web", {"A": "1"}, wants=("souk-demo-postgresql.service",)
    )
    unit = web.unit_file().splitlines()
    assert web.unit == "souk-demo-web.service"
    assert "User=souk-web" in unit
    assert "After=network.target souk-demo-postgresql.service" in unit
    assert "ExecStart=/x/python -m granian" in unit
    assert f"EnvironmentFile={ns.state}/web.env" in unit


def test_a_password_is_not_in_the_unit_which_everybody_may_read(ns: Namespace):
    web = Service(ns, "web", ("/x/python",), "souk-web", {"DATABASE_URL": "postgresql://u:hidden@h/d"})
    assert "hidden" not in web.unit_file()


def test_quotes_and_dollars_in_a_setting_are_escaped_for_systemd(ns: Namespace):
    web = Service(ns, "web", ("/x/python",), "souk-web", {"DATABASE_URL": 'postgresql://u:p%40"$w@h/d'})
    assert web.environment_text() == 'DATABASE_URL="postgresql://u:p%40\\"\\$w@h/d"\n'


def test_the_web_user_may_be_no_role_but_the_web_role(ns: Namespace):
    lines = [line.split() for line in postgresql.Cluster(ns).identities().splitlines() if line.startswith("souk ")]
    assert [role for _, user, role in lines if user == "souk-web"] == ["souk_web"]
    assert [role for _, user, role in lines if user == "souk-worker"] == ["souk_worker"]
    assert {role for _, user, role in lines if user == "root"} > {"souk_owner", "souk_web", "souk_worker"}


def test_the_database_listens_on_no_network_and_loses_nothing(ns: Namespace):
    lines = postgresql.Cluster(ns).configuration().splitlines()
    assert "listen_addresses = ''" in lines
    assert "fsync = on" in lines
    assert "synchronous_commit = on" in lines


def test_a_key_that_exists_is_never_touched(ns: Namespace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    ns.keys.mkdir(parents=True)
    assert keys.ensure(ns) == "3 made"
    before = {path.name: path.read_bytes() for path in ns.keys.iterdir()}
    assert keys.ensure(ns) == "all there"
    assert {path.name: path.read_bytes() for path in ns.keys.iterdir()} == before


def test_only_the_worker_may_read_the_master_key(ns: Namespace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    ns.keys.mkdir(parents=True)
    keys.ensure(ns)
    assert (ns.keys / "master.key").stat().st_mode & 0o777 == 0o400
    assert (ns.keys / "identity.key").stat().st_mode & 0o777 == 0o440


def test_the_key_rings_can_be_loaded(ns: Namespace, monkeypatch: pytest.MonkeyPatch):
    from souk.kernel.secrets import KeyRing

    monkeypatch.setattr("os.geteuid", lambda: 1000)
    ns.keys.mkdir(parents=True)
    keys.ensure(ns)
    ring = KeyRing.load(ns.keys / "master.key")
    assert ring.open(ring.seal(b"secret", "test"), "test") == b"secret"


def test_a_finished_stage_is_one_line_with_its_remark(capsys: pytest.CaptureFixture[str]):
    Steps().step("Debian packages", lambda progress: progress(0.5, "halfway") or "all there")
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("  ✓ Debian packages")
    assert line.endswith("0.0 s   all there")


def test_a_failed_stage_has_a_cross(capsys: pytest.CaptureFixture[str]):
    def fail(_: object) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Steps().step("Incus", fail)
    assert capsys.readouterr().out.startswith("  ✗ Incus")


@pytest.mark.parametrize("work", ["backup", "images"])
def test_what_is_done_each_night_runs_the_installer_and_makes_up_for_a_night_that_was_missed(ns: Namespace, work: str):
    texts = nightly.units(ns, work)
    service, timer = texts[f"souk-{ns.name}-{work}.service"], texts[f"souk-{ns.name}-{work}.timer"]
    assert service.rstrip().endswith(f"/install/with-python {work}")
    assert f"SOUK_NAMESPACE={ns.name}" in service
    assert "Persistent=true" in timer
    assert "PASSPHRASE" not in service + timer


def test_a_capability_is_given_to_the_process_that_needs_it_alone(ns: Namespace):
    worker = Service(ns, "worker", ("/x/souk-manage", "worker"), "souk-worker", capability="cap_net_admin")
    assert "AmbientCapabilities=CAP_NET_ADMIN" in worker.unit_file().splitlines()
    assert "Capabilities" not in Service(ns, "web", ("/x/python",), "souk-web").unit_file()
