"""`souk platform restore FILE`: a machine that has nothing yet takes over the services of a backup.

Everything is read, opened and counted before anything is replaced. From then on a marker says which backup is on its
way: killed at any moment, the same command goes on to the same end, and `make run` refuses to start on half of it.
"""

from __future__ import annotations

import os
import shutil
import time
from functools import partial
from pathlib import Path
from typing import Any

from install import (
    application,
    dumps,
    incus_objects,
    keys,
    lifecycle,
    marker,
    nightly,
    passphrase,
    users,
    virtualenv,
    wheels,
)
from install import backup as backups
from install.archive import Archive
from install.failure import Failure
from install.here import namespace
from install.ledger import Ledger
from install.postgresql import DATABASE, Cluster
from install.services import Service
from install.steps import Progress, Steps

_ARRIVING = "souk_restoring"
_LIVING = ("parties_person", "ordering_order", "provisioning_serviceinstance")
_BOUND_TO_HOST = ("SOUK_STATE", "SOUK_RUN", "SOUK_CACHE", "DATABASE_URL")


def restore(ns: Any, steps: Steps) -> int:
    """`make restore FILE=…`: `REPLACE=` and the namespace's name allow it where there is data. Returns an exit status.

    Raises:
        Failure: it is no whole backup, another namespace's, or there is data here.
    """
    lifecycle.require_root("souk platform restore")
    archive = Archive(Path(os.environ.get("FILE", "")))
    _fits(ns, archive)
    secret = passphrase.obtain(application.settings(ns).get(passphrase.FILE, ""), twice=False)
    ledger = Ledger()
    steps.say(f"Souk {ns.name}, from {archive.path}, made at {archive.manifest.made_at}")
    lifecycle.ground(ns, ledger, steps, purpose="run")
    with backups.alone(ns):
        _choices(ns, archive)
        steps.step("Python environment", lambda progress: virtualenv.release(ns, progress))
        virtualenv.readable_by(users.WEB, ns)
        lifecycle.engine(ns, ledger, steps)
        steps.step("Name server", lambda _: incus_objects.watch_names_anew(ns))
        lifecycle.database(ns, steps)
        bring_back(ns, archive, secret, steps)
        application.write_environment(ns)
        application.write_commands(ns)
        lifecycle.images(ns, steps, application.manage_program(ns))
        steps.step("Web and worker", lambda _: application.start(ns))
        steps.step("Backup of the platform", lambda _: nightly.backup(ns))
        steps.step("Newer images", lambda _: nightly.images(ns))
        marker.remove(ns)
    steps.say("\n  `souk doctor` says what the engine has and this backup does not know, and the other way round.")
    return 0


def bring_back(ns: Any, archive: Archive, secret: str, steps: Steps) -> None:
    """Database, keys and settings as in the backup, and the engine's machines adopted; nothing is started yet.

    Raises:
        Failure.
    """
    server = dumps.cluster(ns)
    told = archive.manifest
    began = marker.read(ns)
    if began == marker.Marker(told.dump_sha256, done=True):
        return
    if told.postgresql > (here := int(server.programs().parent.name)):
        raise Failure(f"It is of PostgreSQL {told.postgresql}; here is {here}.", "Install that version or a newer one.")
    contents = backups.opened(ns, archive, secret)
    # Before any of it is run: a dump is a program, which PostgreSQL's superuser runs.
    steps.step("Backup, its checksum", lambda _: archive.check())
    if began is None or began.backup != told.dump_sha256:
        _refuse_what_lives(ns, server)
    steps.step("Database, restored and counted", lambda _: _arrive(server, archive))
    for service in (application.worker(ns), application.web(ns)):
        steps.step(f"Process {service.name}", partial(_stop, service))
    marker.write(ns, marker.Marker(told.dump_sha256))
    steps.step("Keys and settings", lambda _: _put_keys(ns, contents))
    if wheels.unpack(ns, contents):
        # What is in the database may be services of theirs.
        steps.step("Blueprints of others", lambda progress: virtualenv.release(ns, progress))
        virtualenv.readable_by(users.WEB, ns)
    steps.step("Database in its place", lambda _: dumps.put_in_place(server, _ARRIVING))
    steps.step("Transactions", lambda _: f"{dumps.advance(server, told.position)} let pass")
    steps.step("Database schema", lambda _: application.manage(ns, "migrate", "--no-input"))
    steps.step("Machines adopted", lambda _: application.manage(ns, "adopt"))
    marker.write(ns, marker.Marker(told.dump_sha256, done=True))


def _fits(ns: Any, archive: Archive) -> None:
    told = archive.manifest
    if told.namespace != ns.name:
        raise Failure(
            f"This backup is of the namespace {told.namespace}; this is {ns.name}.",
            f"Its machines and names carry that name: SOUK_NAMESPACE={told.namespace} make restore FILE=…",
        )


def _choices(ns: Any, archive: Archive) -> None:
    """The subnet and port of the backup, where none is chosen yet: its machines have addresses in that subnet."""
    here, there = namespace.read_environment(ns.choices), archive.manifest.choices
    if not here:
        lines = "".join(f"{name}={value}\n" for name, value in there.items())
        ns.choices.write_text("# Written by Souk's installer.\n" + lines)
    elif here.get("SOUK_SUBNET") != there.get("SOUK_SUBNET"):
        raise Failure(
            f"Here the subnet is {here.get('SOUK_SUBNET')}, in the backup it is {there.get('SOUK_SUBNET')}.",
            f"Its machines have addresses there. Purge this namespace, or edit {ns.choices} and restart Incus.",
        )


def _refuse_what_lives(ns: Any, server: Cluster) -> None:
    living = [table for table in _LIVING if _has_rows(server, table)]
    if not living:
        return
    if os.environ.get("REPLACE") != ns.name:
        raise Failure(
            f"There is data here already ({', '.join(living)}); nothing was changed.",
            f"To lose it, type the namespace's name: souk platform restore FILE --replace {ns.name}",
        )
    aside = Path(ns.state) / f"keys-replaced-{time.strftime('%Y%m%dT%H%M%S')}"
    shutil.copytree(ns.keys, aside)
    aside.chmod(0o700)


def _has_rows(server: Cluster, table: str) -> bool:
    exists = f"select to_regclass('public.{table}') is not null"
    return server.sql(exists, DATABASE) == "t" and server.sql(f"select exists (select from {table})", DATABASE) == "t"


def _arrive(server: Cluster, archive: Archive) -> str:
    dumps.restore(server, archive.dump(), _ARRIVING)
    backups.compare(server, _ARRIVING, archive)
    return f"{sum(archive.manifest.rows.values())} rows"


def _put_keys(ns: Any, contents: dict[str, str]) -> str:
    for name in set(backups.KEYS) & contents.keys():
        keys.put(ns, name, contents[name])
    lines = contents[backups.SETTINGS].splitlines()
    mine = [line for line in lines if not line.startswith(_BOUND_TO_HOST)]
    path = application.environment_file(ns)
    path.touch(mode=0o640)
    path.write_text("\n".join([*mine, ""]))
    return ""


def _stop(service: Service, _: Progress) -> str:
    return "ended" if service.stop() else "was not running"
