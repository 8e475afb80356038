"""A restore ends as it should, or changes nothing; killed at any moment, it is run again to the same end."""

from __future__ import annotations

import io
import os
import random
import signal
import time
from pathlib import Path
from unittest import mock

import pytest
from install import backup, dumps, marker, restore
from install.archive import Archive
from install.failure import Failure
from install.steps import Steps
from tests.support.control_plane import SECRET, ControlPlane, connected

from souk.parties import commands

SEED = int(os.environ.get("SOUK_SEED", "20261125"))
_STEPS = "from install import backup, restore; from install.archive import Archive; from install.steps import Steps\n"
BACK_UP = _STEPS + "from pathlib import Path\nprint(backup.write(ns, words[0]))"
BRING_BACK = (
    _STEPS + "from pathlib import Path\nimport install.application as application\n"
    "manage = application.manage\n"
    # There is no engine here to adopt anything from.
    "application.manage = lambda ns, *told, **more: '' if told[0] == 'adopt' else manage(ns, *told, **more)\n"
    "restore.bring_back(ns, Archive(Path(words[1])), words[0], Steps())"
)


@pytest.fixture
def written(laid: ControlPlane, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SOUK_BACKUP_FOLDER", str(tmp_path / "backups"))
    return backup.write(laid.ns, SECRET)


def _bring_back(plane: ControlPlane, path: Path, secret: str = SECRET) -> None:
    restore.bring_back(plane.ns, Archive(path), secret, Steps(io.StringIO()))


def test_data_that_lives_here_is_not_replaced_unless_its_name_is_typed(
    laid: ControlPlane, written: Path, django_db_blocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with django_db_blocker.unblock(), connected(laid):
        commands.sign_up("aicha@client.example", "un-mot-de-passe-long", "Aïcha Bennani")
    with pytest.raises(Failure, match="data here already"):
        _bring_back(laid, written)
    assert laid.sql("select count(*) from parties_person") == "1"
    monkeypatch.setenv("REPLACE", laid.ns.name)
    process = laid.begin(BRING_BACK, SECRET, str(written))
    assert "Database in its place" in process.communicate(timeout=120)[0]
    assert laid.sql("select count(*) from parties_person") == "0"
    assert len(list(laid.ns.state.glob("keys-replaced-*/master.key"))) == 1
    marker.remove(laid.ns)


def test_another_passphrase_changes_nothing(laid: ControlPlane, written: Path) -> None:
    before = laid.sql("select oid from pg_database where datname = 'souk'")
    with pytest.raises(Failure, match="another one"):
        _bring_back(laid, written, SECRET + "!")
    assert laid.sql("select oid from pg_database where datname = 'souk'") == before
    assert marker.read(laid.ns) is None


def test_a_dump_that_was_changed_is_never_run(laid: ControlPlane, written: Path) -> None:
    content = bytearray(written.read_bytes())
    content[len(content) // 3] ^= 1
    written.write_bytes(content)
    with (
        mock.patch.object(dumps, "restore", side_effect=AssertionError("it was run")),
        pytest.raises(Failure, match="damaged or changed"),
    ):
        _bring_back(laid, written)


def test_another_namespaces_backup_is_refused(laid: ControlPlane, written: Path, monkeypatch) -> None:
    monkeypatch.setenv("FILE", str(written))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    other = type(laid.ns)(name="other", state=laid.ns.state, run=laid.ns.run)
    with pytest.raises(Failure, match="this is other"):
        restore.restore(other, Steps(io.StringIO()))


def test_a_half_restored_installation_does_not_start(laid: ControlPlane) -> None:
    marker.write(laid.ns, marker.Marker("0" * 64))
    try:
        with pytest.raises(Failure, match="did not end"):
            marker.refuse_half_restored(laid.ns)
    finally:
        marker.remove(laid.ns)


def test_killed_at_many_moments_both_are_run_again_to_the_same_end(
    laid: ControlPlane, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOUK_BACKUP_FOLDER", str(tmp_path / "backups"))
    chance = random.Random(SEED)
    for _ in range(5):
        _killed(laid, chance.uniform(0.1, 2.5), BACK_UP, SECRET)
        assert all(Archive(path).manifest for path in backup.folder(laid.ns).glob("*.souk"))
    whole = Path(_to_the_end(laid, BACK_UP, SECRET).splitlines()[-1])
    assert not list(backup.folder(laid.ns).glob("*.part"))

    keys = (laid.ns.keys / "master.key").read_text()
    laid.wipe()
    laid.lay()
    for _ in range(6):
        _killed(laid, chance.uniform(0.1, 4.0), BRING_BACK, SECRET, str(whole))
    _to_the_end(laid, BRING_BACK, SECRET, str(whole))
    assert (laid.ns.keys / "master.key").read_text() == keys
    assert laid.sql("select count(*), sum(n) from kept") == "20000|200010000"
    assert laid.sql("select count(*) from pg_database where datname like 'souk\\_%'") == "0"
    assert marker.read(laid.ns) == marker.Marker(Archive(whole).manifest.dump_sha256, done=True)
    assert int(laid.sql("select pg_current_xact_id()::text")) >= Archive(whole).manifest.position
    marker.remove(laid.ns)


def _killed(plane: ControlPlane, after: float, program: str, *words: str) -> None:
    process = plane.begin(program, *words)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _to_the_end(plane: ControlPlane, program: str, *words: str) -> str:
    process = plane.begin(program, *words)
    said = process.communicate(timeout=120)[0]
    assert process.returncode == 0, said
    return said
