"""The namespace's folders: whose they are, and who may enter."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from install import users
from install.host import has_systemd

TMPFILES = Path("/etc/tmpfiles.d")


class Folder(NamedTuple):
    """A folder, its owner, its group and its mode."""

    path: Path
    owner: str
    group: str
    mode: int


def wanted(ns: Any) -> list[Folder]:
    """Every folder of the namespace, outer ones first."""
    return [
        Folder(ns.state, "root", "root", 0o755),
        Folder(ns.keys, "root", users.SHARED, 0o750),
        Folder(ns.dns_hosts, users.WORKER, users.WORKER, 0o755),
        Folder(ns.state / "documents", users.WORKER, users.SHARED, 0o2770),
        Folder(ns.state / "mail", users.WEB, users.SHARED, 0o2770),
        Folder(ns.run, "root", "root", 0o755),
        Folder(ns.postgresql_socket, users.DATABASE, users.DATABASE, 0o755),
        Folder(ns.run / "web", users.WEB, users.SHARED, 0o750),
        Folder(ns.run / "worker", users.WORKER, users.SHARED, 0o750),
    ]


def ensure(ns: Any) -> None:
    """Make them. Without root everything is the caller's."""
    for folder in wanted(ns):
        folder.path.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(folder.path, folder.owner, folder.group)
        folder.path.chmod(folder.mode)
    if os.geteuid() == 0 and has_systemd():
        _at_boot(ns)


def _tmpfiles(ns: Any) -> Path:
    return TMPFILES / f"souk-{ns.name}.conf"


def _at_boot(ns: Any) -> None:
    """`/run` is empty after a boot: have systemd make the folders there again."""
    lines = [
        f"d {folder.path} {folder.mode:04o} {folder.owner} {folder.group} -"
        for folder in wanted(ns)
        if ns.run in (folder.path, *folder.path.parents)
    ]
    _tmpfiles(ns).write_text("\n".join(["# Written by Souk's installer; `make purge` removes it.", *lines, ""]))


def remove(ns: Any, *more: Path) -> str:
    """Delete the namespace's folders and `more`. Returns a remark."""
    for folder in (ns.run, ns.state, *more):
        shutil.rmtree(folder, ignore_errors=True)
    _tmpfiles(ns).unlink(missing_ok=True)
    left = [str(folder) for folder in (ns.run, ns.state) if folder.exists()]
    return f"could not delete {', '.join(left)}" if left else "deleted"
