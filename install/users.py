"""The system users Souk runs as, and what each may do.

`souk-web` answers people and holds neither the engine's socket nor the master key; `souk-worker` does the
work; `souk-db` runs the embedded PostgreSQL. Members of the group `souk` share the identity key.
"""

from __future__ import annotations

import grp
import pwd

from install.ledger import Ledger
from install.shell import run

WEB = "souk-web"
WORKER = "souk-worker"
DATABASE = "souk-db"
SHARED = "souk"
"""Group of web and worker."""

ALL = (WEB, WORKER, DATABASE)


def ensure(ledger: Ledger, engine_group: str) -> str:
    """Create what is missing; only the worker enters `engine_group`, the one that opens Incus' socket."""
    made = []
    with ledger.lock():
        if not _group_exists(SHARED):
            run("groupadd", "--system", SHARED)
        for name in ALL:
            if not user_exists(name):
                run(
                    "useradd",
                    "--system",
                    "--user-group",
                    "--no-create-home",
                    "--home-dir=/nonexistent",
                    "--shell=/usr/sbin/nologin",
                    name,
                )
                made.append(name)
        for user, group in ((WEB, SHARED), (WORKER, SHARED), (WORKER, engine_group)):
            if user not in grp.getgrnam(group).gr_mem:
                run("usermod", "--append", "--groups", group, user)
        if made:
            ledger.put("users", sorted({*ledger.get("users", []), *made}))
    return f"{', '.join(made)} created" if made else "all there"


def user_exists(name: str) -> bool:
    """Whether this host knows a user called `name`."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _group_exists(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def remove(ledger: Ledger) -> str:
    """Delete the users that `ensure` created."""
    ours = [name for name in ledger.get("users", []) if user_exists(name)]
    for name in ours:
        run("userdel", name)
    if ours and _group_exists(SHARED):
        run("groupdel", SHARED)
    ledger.put("users", None)
    return ", ".join(ours) or "none"
