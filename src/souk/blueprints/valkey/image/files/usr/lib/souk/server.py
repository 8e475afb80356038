"""The server's places in its machine, asking it as the platform does, and who signs in to it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping

from machine import PAUSE, Failure, journal, systemctl
from machine import write as write_file
from resp import ServerRefused, Session

FOLDER = "/etc/souk/valkey"
CONFIGURATION, USERS, CONFIGURED = FOLDER + "/valkey.conf", FOLDER + "/users.acl", FOLDER + "/configured"
HANDED = FOLDER + "/users.handed"
"""Whom this machine let in before another one took its place."""

DATA = "/var/lib/valkey"
SNAPSHOT, LOG = DATA + "/dump.rdb", DATA + "/appendonlydir"
SOCKET = "/run/valkey/socket"
SERVICE = "souk-valkey.service"
USER = "valkey"
PORT = 6379
_CROWDED = "max number of clients"
SELF, OWN_PASSWORD = "souk", FOLDER + "/own"
HEIR = "souk-heir"
MAY_REPLICATE = "+psync +replconf +ping"

Users = dict[str, str]
"""Rules of an access control list, by user."""


def write(path: str, content: str) -> bool:
    """Replace a file atomically, readable by root and the server. Returns whether it differed."""
    return bool(write_file(path, content, USER))


def runs(deadline: float) -> bool:
    return bool(systemctl("is-active", "--quiet", SERVICE, deadline=deadline) == 0)


def bring_up(verb: str, deadline: float) -> None:
    if systemctl(verb, SERVICE, deadline=deadline) != 0:
        raise Failure(f"the server does not {verb}:\n" + journal(SERVICE))


@contextlib.contextmanager
def asking(deadline: float) -> Iterator[Session]:
    """A session in which the platform may do everything. A script of the customer's that does not let anybody in is
    ended.
    """
    with contextlib.closing(_opened(deadline)) as session:
        yield session


def _opened(deadline: float) -> Session:
    while True:
        try:
            return _unbusied(_connected(deadline), deadline)
        except (OSError, ServerRefused) as error:
            if _CROWDED in str(error):
                # Whoever holds all connections that there may be keeps nobody from being shut out.
                subprocess.run(["ss", "--kill", "state", "established", "sport", "=", f":{PORT}"], capture_output=True)
            if time.monotonic() > deadline:
                raise Failure(f"the server does not answer: {error}\n" + journal(SERVICE)) from None
            time.sleep(5 * PAUSE)


def _connected(deadline: float) -> Session:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(max(1.0, deadline - time.monotonic()))
    try:
        client.connect(SOCKET)
        session = Session(client)
        session.ask("AUTH", SELF, own_password())
    except BaseException:
        client.close()
        raise
    return session


def _unbusied(session: Session, deadline: float) -> Session:
    try:
        session.ask("PING")
    except ServerRefused as refused:
        if refused.word != "BUSY":
            raise
        for kind in ("SCRIPT", "FUNCTION"):
            with contextlib.suppress(ServerRefused):
                session.ask(kind, "KILL")
                return session
        # It has written: only with the server does it end.
        session.close()
        systemctl("kill", "--signal=KILL", SERVICE, deadline=deadline)
        raise
    return session


def own_password() -> str:
    """What the platform's programs in this machine sign in with; it leaves the machine in no copy of the data."""
    with contextlib.suppress(FileNotFoundError), open(OWN_PASSWORD, encoding="ascii") as file:
        return file.read()
    write_file(OWN_PASSWORD, secrets.token_urlsafe(32), "root")
    return own_password()


def digest(password: str) -> str:
    """How the server is told a password that is random."""
    return hashlib.sha256(password.encode()).hexdigest()


def users(path: str = USERS) -> Users:
    """Who may sign in, and do what."""
    with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as file:
        lines = [line.split(maxsplit=2) for line in file.read().splitlines()]
        return {line[1]: line[2] for line in lines if line[1:2] and line[1] not in ("default", SELF)}
    return {}


def know(wanted: Mapping[str, str], path: str = USERS) -> bool:
    """Write down who may sign in, beside the platform itself; whether that changed."""
    lines = [
        # Nobody signs in as this one. It may do everything, as the server reads its log of writes in its name, and
        # leaves out each transaction there that it would not be allowed.
        "user default off resetpass ~* &* +@all",
        f"user {SELF} on #{digest(own_password())} ~* &* +@all",
        *(f"user {name} {rules}" for name, rules in sorted(wanted.items())),
    ]
    return write(path, "".join(line + "\n" for line in lines))


def admit(change: Callable[[Users], None], deadline: float, *ended: str) -> bool:
    """Change who may sign in. Whoever was let in otherwise before is cut off, `ended` in any case, and nobody else. Who
    is not known any more is cut off by the server itself. Safe to repeat; whether it changed anything.
    """
    before = users()
    after = dict(before)
    change(after)
    changed = know(after)
    if runs(deadline):
        with asking(deadline) as session:
            session.ask("ACL", "LOAD")
            others = {name for name in after if name in before and before[name] != after[name]}
            for name in sorted({*others, *ended} & {*after}):
                session.ask("CLIENT", "KILL", "USER", name)
    return changed


def snapshot(session: Session, deadline: float) -> None:
    """Have the snapshot be of now. The server goes on meanwhile, and counts one when it begins it."""
    before = _idle(session, deadline)["rdb_saves"]
    session.ask("BGSAVE", "SCHEDULE")
    while (told := _idle(session, deadline))["rdb_saves"] == before:
        time.sleep(5 * PAUSE)
    if told["rdb_last_bgsave_status"] != "ok":
        raise Failure("the server can't write a snapshot:\n" + journal(SERVICE))


def _idle(session: Session, deadline: float) -> dict[str, str]:
    """How it is once no snapshot is being written."""
    while True:
        told: dict[str, str] = session.told("persistence")
        if told["rdb_bgsave_in_progress"] == "0":
            return told
        if time.monotonic() > deadline:
            raise Failure("no snapshot in time")
        time.sleep(5 * PAUSE)


def keeps() -> str:
    """What is kept: `none`, `snapshots`, or each write (`everysec`, `always`)."""
    with contextlib.suppress(FileNotFoundError), open(FOLDER + "/keeps", encoding="ascii") as file:
        return file.read()
    return "none"


def remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
