"""The control plane's backup: whole or not there at all, closed to who has no passphrase, and read back once."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path
from unittest import mock

import pytest
from install import backup, box, dumps, passphrase, virtualenv, wheels
from install.archive import Archive
from install.failure import Failure
from tests.support.control_plane import SECRET, ControlPlane


@pytest.fixture
def plane(laid: ControlPlane, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ControlPlane:
    monkeypatch.setenv("SOUK_BACKUP_FOLDER", str(tmp_path / "backups"))
    return laid


def _files(plane: ControlPlane) -> list[str]:
    return sorted(path.name for path in backup.folder(plane.ns).iterdir())


def test_it_is_one_file_that_only_root_reads_and_says_what_is_in_it(plane: ControlPlane) -> None:
    path = backup.write(plane.ns, SECRET)
    told = Archive(path).manifest
    assert _files(plane) == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600
    assert (told.namespace, told.rows["public.kept"]) == (plane.ns.name, 20000)


def test_its_keys_are_readable_with_the_passphrase_only(plane: ControlPlane) -> None:
    path = backup.write(plane.ns, SECRET)
    key = (plane.ns.keys / "master.key").read_text().strip()
    assert key.encode() not in path.read_bytes()
    assert backup.opened(plane.ns, Archive(path), SECRET)["master.key"].strip() == key
    with pytest.raises(Failure, match="another one"):
        backup.opened(plane.ns, Archive(path), SECRET + "!")


def test_wheels_of_others_blueprints_come_back_in_the_place_of_those_that_are_there(plane: ControlPlane) -> None:
    folder = plane.ns.state / virtualenv.VENDORS
    folder.mkdir(exist_ok=True)
    try:
        (folder / "souk_gazette-0.1.0-py3-none-any.whl").write_bytes(b"PK\x00\xff the first")
        path = backup.write(plane.ns, SECRET)
        (folder / "souk_gazette-0.1.0-py3-none-any.whl").unlink()
        (folder / "souk_other-0.1.0-py3-none-any.whl").write_bytes(b"another")
        contents = backup.opened(plane.ns, Archive(path), SECRET)
        assert [wheels.unpack(plane.ns, contents) for _ in range(2)] == [True, False]
        assert {each.name: each.read_bytes() for each in folder.iterdir()} == {
            "souk_gazette-0.1.0-py3-none-any.whl": b"PK\x00\xff the first"
        }
    finally:
        shutil.rmtree(folder)


def test_a_key_that_is_not_there_is_not_left_out_in_silence(plane: ControlPlane) -> None:
    key = plane.ns.keys / "master.key"
    kept = key.rename(key.with_suffix(".away"))
    try:
        with pytest.raises(Failure, match="could not be opened"):
            backup.write(plane.ns, SECRET)
    finally:
        kept.rename(key)


def test_a_weak_passphrase_is_refused_and_leaves_nothing(plane: ControlPlane) -> None:
    with pytest.raises(Failure, match="easily guessed"):
        backup.write(plane.ns, "aaaaaaaaaaaaaaaaaaaa")
    assert _files(plane) == []


def test_a_changed_byte_of_the_database_is_found(plane: ControlPlane) -> None:
    path = backup.write(plane.ns, SECRET)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    with pytest.raises(Failure, match="damaged or changed"):
        list(Archive(path).dump())


def test_a_changed_manifest_is_found(plane: ControlPlane) -> None:
    path = backup.write(plane.ns, SECRET)
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts["manifest.json"] = parts["manifest.json"].replace(b'"public.kept": 20000', b'"public.kept": 19999')
    with zipfile.ZipFile(path, "w") as changed:
        for name, content in parts.items():
            changed.writestr(name, content)
    with pytest.raises(Failure, match="manifest"):
        backup.opened(plane.ns, Archive(path), SECRET)


def test_a_file_that_was_cut_off_is_no_backup(plane: ControlPlane) -> None:
    path = backup.write(plane.ns, SECRET)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(Failure, match="not a whole one"):
        Archive(path)


def test_a_backup_whose_rows_do_not_come_back_gets_no_name(plane: ControlPlane) -> None:
    with (
        mock.patch.object(dumps, "rows", return_value={"public.kept": 3}),
        pytest.raises(Failure, match="not what was backed up"),
    ):
        backup.write(plane.ns, SECRET)
    assert _files(plane) == []


def test_a_disk_without_room_is_refused_with_a_sentence(plane: ControlPlane) -> None:
    usage = namedtuple("usage", "total used free")
    with (
        mock.patch.object(shutil, "disk_usage", return_value=usage(1 << 30, (1 << 30) - 4096, 4096)),
        pytest.raises(Failure, match="0 MiB left"),
    ):
        backup.write(plane.ns, SECRET)


def test_a_disk_that_fills_up_meanwhile_leaves_nothing_behind(plane: ControlPlane) -> None:
    full = OSError(28, "No space left on device")
    with mock.patch.object(os, "fsync", side_effect=full), pytest.raises(Failure, match="is full"):
        backup.write(plane.ns, SECRET)
    assert _files(plane) == []


def test_the_newest_are_kept(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUK_BACKUP_KEEP", "2")
    place = backup.folder(plane.ns)
    place.mkdir()
    for day in (1, 2, 3):
        (place / f"{plane.ns.name}-2026010{day}T000000Z.souk").touch()
    (place / "another-20200101T000000Z.souk").touch()
    newest = backup.write(plane.ns, SECRET).name
    kept = [f"{plane.ns.name}-20260103T000000Z.souk", newest]
    assert _files(plane) == sorted(["another-20200101T000000Z.souk", *kept])


def test_two_at_once_are_refused(plane: ControlPlane) -> None:
    with backup.alone(plane.ns), pytest.raises(Failure, match="under way"), backup.alone(plane.ns):
        pass


def test_a_passphrase_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "phrase"
    file.write_text(SECRET + "\n")
    file.chmod(0o644)
    with pytest.raises(Failure, match="Others than its owner"):
        passphrase.obtain(str(file), twice=True)
    file.chmod(0o600)
    assert passphrase.obtain(str(file), twice=True) == SECRET


def test_a_passphrase_of_the_environment_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(passphrase.DIRECT, SECRET)
    assert passphrase.obtain("", twice=True) == SECRET
    assert passphrase.DIRECT not in os.environ


def test_a_box_says_nothing_without_its_passphrase(plane: ControlPlane) -> None:
    closed = box.close(plane.ns, {"a": "b"}, SECRET)
    assert box.open_(plane.ns, closed, SECRET) == {"a": "b"}
    with pytest.raises(Failure):
        box.open_(plane.ns, closed[:-8] + "AAAAAAA=", SECRET)
