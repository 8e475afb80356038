"""`souk platform backup`: everything that another machine needs to take the same services over, in one file.

The file is written beside its name, read back into a database of its own whose rows are counted, and only then gets its
name: a backup that exists is one that was restored once.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from install import application, box, dumps, lifecycle, passphrase, virtualenv, wheels
from install.archive import FORMAT, Archive, Manifest, Writer
from install.failure import Failure
from install.here import namespace
from install.postgresql import DATABASE, Cluster
from install.steps import Steps

KEYS = ("master.key", "identity.key", "django-secret.key")
SETTINGS = "souk.env"
_SUFFIX = ".souk"
_SCRATCH = "souk_verifying"
_MARGIN = 64 << 20


def backup(ns: Any, steps: Steps) -> int:
    """`souk platform backup`. Returns an exit status.

    Raises:
        Failure: nothing is installed, the disk is too full, or what was written does not read back.
    """
    lifecycle.require_root("souk platform backup")
    if not virtualenv.current(ns):
        raise Failure("Souk is not installed here yet.", "`make run` installs it.")
    secret = passphrase.obtain(application.settings(ns).get(passphrase.FILE, ""), twice=True)
    with alone(ns):
        steps.step("Backup, read back and counted", lambda _: str(write(ns, secret)))
    return 0


def write(ns: Any, secret: str) -> Path:
    """Write a backup, verify it, give it its name, and delete all but the newest. Returns where it is.

    Raises:
        Failure.
    """
    server = dumps.cluster(ns)
    place = folder(ns)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for half_written in place.glob(f"*{_SUFFIX}.part"):
        half_written.unlink()
    _refuse_without_room(server, place)
    path = place / f"{ns.name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}{_SUFFIX}"
    draft = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _fill(ns, server, file, secret)
            file.flush()
            os.fsync(file.fileno())
        _verify(ns, server, Archive(draft), secret)
        os.rename(draft, path)
        _sync(place)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno != errno.ENOSPC:
            raise
        raise Failure(f"The disk of {place} is full; the earlier backups are untouched.", "Make room there.") from error
    except Failure:
        draft.unlink(missing_ok=True)
        raise
    _forget_old(place, ns.name, int(application.settings(ns).get("SOUK_BACKUP_KEEP", "14")))
    return path


def folder(ns: Any) -> Path:
    """Where backups are: `SOUK_BACKUP_FOLDER`, or beside the database until somebody says where else."""
    return Path(application.settings(ns).get("SOUK_BACKUP_FOLDER") or Path(ns.state) / "backups")


@contextmanager
def alone(ns: Any) -> Iterator[None]:
    """Keep other backups and restores out for as long as the block lasts.

    Raises:
        Failure: one is under way.
    """
    with (Path(ns.state) / "backup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Failure("Another backup or restore is under way here.", "Run it again after that.") from busy
        yield


def _fill(ns: Any, server: Cluster, file: Any, secret: str) -> None:
    with Writer(file) as out:
        with dumps.picture(server) as seen:
            size, digest = out.dump(dumps.dump(server, seen))
        manifest = Manifest(
            format=FORMAT,
            namespace=ns.name,
            release=virtualenv.current(ns),
            made_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            postgresql=int(server.programs().parent.name),
            position=seen.position,
            rows=seen.rows,
            dump_bytes=size,
            dump_sha256=digest,
            choices=namespace.read_environment(ns.choices),
        )
        contents = _keys(ns)
        kept = application.environment_file(ns)
        contents[SETTINGS] = kept.read_text() if kept.exists() else ""
        contents |= wheels.packed(ns)
        out.finish(manifest, box.close(ns, {**contents, "manifest.json": manifest.text()}, secret))


def _keys(ns: Any) -> dict[str, str]:
    """The keys there are. Only where a key management service seals may the master ring be gone."""
    found = {name: (ns.keys / name).read_text() for name in KEYS if (ns.keys / name).exists()}
    missing = [name for name in KEYS if name not in found]
    if missing and (missing != ["master.key"] or "SOUK_KMS_URL" not in application.settings(ns)):
        raise Failure(
            f"{', '.join(missing)} is not in {ns.keys}: such a backup could not be opened.", "Restore the key."
        )
    return found


def _verify(ns: Any, server: Cluster, written: Archive, secret: str) -> None:
    opened(ns, written, secret)
    try:
        dumps.restore(server, written.dump(), _SCRATCH)
        compare(server, _SCRATCH, written)
    finally:
        dumps.forget(server, _SCRATCH)


def opened(ns: Any, archive: Archive, secret: str) -> dict[str, str]:
    """The keys and settings of a backup, and the wheels of others' blueprints.

    Raises:
        Failure: another passphrase, or the manifest is not the one that was closed with them.
    """
    contents = box.open_(ns, archive.box, secret)
    if contents.pop("manifest.json", "") != archive.manifest.text():
        raise Failure(f"The manifest of {archive.path} was changed after it was written.", "Take an earlier backup.")
    return contents


def compare(server: Cluster, database: str, archive: Archive) -> None:
    """Compare the rows of a restored database with those that were backed up.

    Raises:
        Failure: a table has others.
    """
    found, wanted = dumps.rows(server, database), archive.manifest.rows
    different = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
    if different:
        lines = "\n".join(f"{name}: {wanted.get(name)} backed up, {found.get(name)} restored" for name in different)
        raise Failure("What was restored is not what was backed up.", "Nothing was put in its place.", lines)


def _refuse_without_room(server: Cluster, place: Path) -> None:
    size = int(server.sql(f"select pg_database_size('{DATABASE}')"))
    for where in (place, server.data):
        free = shutil.disk_usage(where).free
        if free < size + _MARGIN:
            raise Failure(
                f"{where} has {free >> 20} MiB left; a backup and the database it is read back into may take"
                f" {(size + _MARGIN) >> 20} MiB each.",
                "Make room, or set SOUK_BACKUP_FOLDER to a folder that has it. The earlier backups are untouched.",
            )


def _forget_old(place: Path, name: str, kept: int) -> None:
    for old in sorted(place.glob(f"{name}-*{_SUFFIX}"))[: -max(1, kept)]:
        old.unlink()


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
