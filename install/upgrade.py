"""`make upgrade` and `make rollback`: to this checkout's code and back, while customers' services run on.

Upgrading expands the schema first: the release that still runs works on it as well, so old and new workers and web
processes may run side by side. What a release no longer needs is dropped by the migrations of the one after it.
"""

from __future__ import annotations

import dataclasses
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

from install import application, lifecycle, marker, users, virtualenv
from install.daemons import wait_until
from install.failure import Failure
from install.postgresql import Cluster
from install.services import Service
from install.shell import run
from install.steps import Progress, Steps

KEPT_BACKUPS = 5


def upgrade(ns: Any, steps: Steps) -> int:
    """Back the database up, expand its schema, bring the new release up beside the old one, end the old one.

    Raises:
        Failure: nothing is installed yet, or a stage failed; what ran before runs on.
    """
    lifecycle.require_root("make upgrade")
    marker.refuse_half_restored(ns)
    before = virtualenv.current(ns)
    if not before:
        raise Failure("Souk is not installed here yet.", "`make run` installs it.")
    steps.step("Backup", lambda _: backup(ns))
    steps.step("Python environment", lambda progress: virtualenv.release(ns, progress))
    virtualenv.readable_by(users.WEB, ns)
    application.write_environment(ns)
    application.write_commands(ns)
    steps.step("Database schema, expanded", lambda _: application.manage(ns, "migrate", "--no-input"))
    steps.step("Starting catalogue", lambda _: application.manage(ns, "seed"))
    lifecycle.images(ns, steps, application.manage_program(ns))
    beside = _beside(ns)
    steps.step("New worker beside the old one", lambda _: _start(beside, virtualenv.current(ns)))
    steps.step("Web and worker", lambda _: application.start(ns))
    steps.step("The one beside ends", lambda _: _end(beside))
    after = virtualenv.current(ns)
    steps.say(f"\n  {'Nothing changed' if before == after else f'From release {before} to {after}'}.")
    steps.say("  `make rollback` goes back to the release before; its services run on the schema as it is now.")
    return 0


def rollback(ns: Any, steps: Steps) -> int:
    """Run the release before again; with `RESTORE=FILE`, on the database as that backup has it.

    Raises:
        Failure: there is no release before, or the backup can't be read.
    """
    lifecycle.require_root("make rollback")
    previous = _previous(ns)
    backup_file = os.environ.get("RESTORE", "")
    if backup_file:
        if not Path(backup_file).is_file():
            raise Failure(f"There is no backup {backup_file}.", f"The backups are in {_folder(ns)}.")
        for service in (application.worker(ns), application.web(ns)):
            steps.step(f"Process {service.name}", partial(_stop, service))
        steps.step("Database restored", lambda _: restore(ns, Path(backup_file)))
    steps.step("Python environment", lambda _: virtualenv.switch_to(ns, previous))
    application.write_commands(ns)
    steps.step("Web and worker", lambda _: application.start(ns))
    return 0


def backup(ns: Any) -> str:
    """Write the database into a file of its own, in PostgreSQL's custom format. Returns a remark with its path."""
    folder = _folder(ns)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{time.strftime('%Y%m%dT%H%M%S')}-{virtualenv.current(ns)}.dump"
    draft = path.with_suffix(".part")
    draft.touch(mode=0o600)
    run(_program(ns, "pg_dump"), "--format=custom", "--file", draft, _target(ns))
    draft.rename(path)
    for old in sorted(folder.glob("*.dump"))[:-KEPT_BACKUPS]:
        old.unlink()
    return str(path)


def restore(ns: Any, path: Path) -> str:
    """Bring the database back to what a backup holds.

    Raises:
        Failure: the database is somebody else's server's: restoring it is for whoever runs that.
    """
    if application.database_url(ns):
        remedy = f"Restore {path} there with pg_restore, then run this without RESTORE."
        raise Failure("The database is outside.", remedy)
    options = ("-h", str(ns.postgresql_socket), "-U", users.DATABASE)
    run(_program(ns, "dropdb"), *options, "--force", "souk")
    run(_program(ns, "createdb"), *options, "--owner", "souk_owner", "souk")
    run(_program(ns, "pg_restore"), *options, "--dbname", "souk", "--exit-on-error", path)
    return str(path)


def _program(ns: Any, name: str) -> Path:
    return Cluster(ns).programs() / name


def _target(ns: Any) -> str:
    url = application.database_url(ns)
    return url or f"postgresql://souk_owner@/souk?host={ns.postgresql_socket}&port=5432"


def _folder(ns: Any) -> Path:
    return Path(ns.state) / "backups"


def _beside(ns: Any) -> Service:
    return dataclasses.replace(application.worker(ns), name="worker-beside")


def _start(service: Service, version: str) -> str:
    service.ensure(version)
    if not wait_until(service.running, 20):
        raise service.failure("The new worker does not start; the old one runs on.")
    time.sleep(3)
    if not service.running():
        raise service.failure("The new worker does not stay up; the old one runs on.")
    return ""


def _stop(service: Service, _: Progress) -> str:
    return "ended" if service.stop() else "was not running"


def _end(service: Service) -> str:
    service.remove()
    return ""


def _previous(ns: Any) -> Path:
    current = virtualenv.current(ns)
    releases = sorted((Path(ns.state) / "releases").glob("*/complete"), key=lambda path: path.stat().st_mtime)
    others = [path.parent for path in releases if path.parent.name != current]
    if not others:
        raise Failure("There is no release before this one.", "Check out the code you want and run `make upgrade`.")
    return others[-1]
