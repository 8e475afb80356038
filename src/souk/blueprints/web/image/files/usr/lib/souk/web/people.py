"""Who may bring files here or look at them: a password or keys, and what for.

Each is the site's own user under another name, once for SFTP and once for git; and a line in the web server's list.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import pwd
import signal
import subprocess
from collections.abc import Iterable, Sequence
from typing import Any

import machine
from machine import Failure

FOLDER = "/etc/souk/web"
KNOWN = FOLDER + "/people.json"
LIST = FOLDER + "/people"
KEYS = FOLDER + "/keys"
SITE = "site"
GIT = "git-"
DEPLOYS, READS = "site-people", "site-readers"

Person = dict[str, Any]


def have(name: str, password: str, keys: Sequence[str] = (), *, reads: bool = False) -> bool:
    """Let somebody in by this password and these keys, and by no others. Returns whether that changed anything."""
    wanted = {"list": _listed(password), "keys": list(keys), "reads": reads}
    known = _known()
    if known.get(name) == wanted:
        return False
    # A reader pushes nothing.
    names = [name] if reads else [name, GIT + name]
    if name in known and known[name]["reads"] != reads:
        _leave(name)
    for each in names:
        _user(each, [DEPLOYS, *([READS] if reads else [])])
    _passwords(dict.fromkeys(names, password))
    for each in names:
        _publish(f"{KEYS}/{each}", "".join(key + "\n" for key in keys))
    # Last of all: what it says is done.
    _write({**known, name: wanted})
    if name in known:
        _end([name, GIT + name])
    return True


def let_go(name: str) -> None:
    """Let nobody in by this name any more, and end what goes on under it."""
    known = _known()
    known.pop(name, None)
    _write(known)
    _leave(name)
    _end([name, GIT + name])


def others(kept: Iterable[str]) -> list[str]:
    """Who is let in beside those."""
    return sorted(set(_known()) - set(kept))


def _listed(password: str) -> str:
    """What the web server compares with, at each request: the password is as long and random as the sum."""
    return "{SHA}" + base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()  # noqa: S324


def _user(name: str, groups: Sequence[str]) -> None:
    if name == SITE:
        _run("usermod", "--append", "--groups", ",".join(groups), name)
        return
    if not _exists(name):
        uid = str(_uid(SITE))
        own = ("--non-unique", "--uid", uid, "--gid", SITE, "--no-user-group", "--no-create-home")
        _run("useradd", *own, "--home-dir", "/srv/site/private", "--shell", "/bin/sh", name)
    _run("usermod", "--groups", ",".join(groups), name)


def _leave(name: str) -> None:
    for each in (name, GIT + name):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{KEYS}/{each}")
        if each == SITE:
            # Whose the files are stays.
            _run("usermod", "--groups", "", "--password", "*", SITE)
        elif _exists(each):
            _run("userdel", "--force", each)


def _exists(name: str) -> bool:
    """Whether somebody was let in by this name; what is the machine's own is nobody's to have."""
    try:
        uid = _uid(name)
    except KeyError:
        return False
    if uid != _uid(SITE):
        raise Failure("this name is the machine's own")
    return True


def _uid(name: str) -> int:
    return pwd.getpwnam(name).pw_uid


def _passwords(given: dict[str, str]) -> None:
    text = "".join(f"{name}:{password}\n" for name, password in given.items())
    done = subprocess.run(["chpasswd"], input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure("the password can't be set")


def _end(names: Sequence[str]) -> None:
    """End the sessions that were begun under these names."""
    titles = tuple(f"sshd-session: {name}{more}" for name in names for more in ("@", " ["))
    for entry in os.scandir("/proc"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if entry.name.isdigit():
                with open(f"/proc/{entry.name}/cmdline", encoding="utf-8", errors="replace") as file:
                    if file.read().startswith(titles):
                        os.kill(int(entry.name), signal.SIGKILL)


def _known() -> dict[str, Person]:
    try:
        with open(KNOWN, encoding="utf-8") as file:
            return dict(json.load(file))
    except FileNotFoundError:
        return {}


def _write(known: dict[str, Person]) -> None:
    machine.write(LIST, "".join(f"{name}:{each['list']}\n" for name, each in sorted(known.items())), "www-data")
    machine.write(KNOWN, json.dumps(known), "root")


def _publish(path: str, content: str) -> None:
    """sshd reads keys as whoever signs in."""
    machine.write(path, content, "root")
    os.chmod(path, 0o644)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(done.stderr.strip()[:300] or f"{command[0]} ended with {done.returncode}")


def told() -> dict[str, Person]:
    """Everybody, with what their passwords are compared with: for another machine of the same service."""
    with open("/etc/shadow", encoding="ascii") as file:
        hashes = dict(line.split(":")[:2] for line in file)
    return {name: {**each, "hash": hashes[name]} for name, each in _known().items()}


def adopt(given: dict[str, Person]) -> None:
    """Let in whom another machine of this service let in, by the same passwords and keys."""
    lines = []
    for name, each in given.items():
        names = [name] if each["reads"] else [name, GIT + name]
        for user in names:
            _user(user, [DEPLOYS, *([READS] if each["reads"] else [])])
            _publish(f"{KEYS}/{user}", "".join(key + "\n" for key in each["keys"]))
            lines.append(f"{user}:{each['hash']}\n")
    done = subprocess.run(["chpasswd", "--encrypted"], input="".join(lines), capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure("the passwords can't be set")
    _write({name: {key: each[key] for key in ("list", "keys", "reads")} for name, each in given.items()})
