"""What the site is made of: a folder for each release, and which of them is live.

Everything here is done as the site itself, who owns it all: nothing that lies in a site leads root astray.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import re
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

ROOT = "/srv/site/releases"
KEPT = "/srv/site/kept"
PRIVATE = "/srv/site/private"
SITE = "site"
LIVE, STAGING = "live", "staging"
MOST = 5
"""Releases that stay, the live one among them."""

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_LONGEST_NOTE = 200
Release = dict[str, Any]


class Unfit(Exception):
    """What can't be a release: the word for why, and what is at fault."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(word)
        self.word, self.values = word, values


def begin(welcome: dict[str, str]) -> None:
    """Have a page to show, until somebody brings another one."""
    in_the_sites_name(_have_own_folders)
    if not os.path.lexists(f"{ROOT}/{LIVE}"):
        in_the_sites_name(lambda: _begin(welcome))


def _have_own_folders() -> None:
    for name in ("sessions", "tmp"):
        os.makedirs(f"{PRIVATE}/{name}", mode=0o700, exist_ok=True)


def _begin(welcome: dict[str, str]) -> None:
    def lay_down(folder: str) -> None:
        path = f"{folder}/{welcome['path']}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(welcome["page"])

    make(lay_down, note="", by="", source="first")
    take_newest()


def make(fill: Callable[[str], None], *, note: str, by: str, source: str, key: str = "") -> str:
    """A new release's folder, filled, looked at, and known: not live yet. Killed on the way, it leaves what the next
    one clears away.

    Raises:
        Unfit.
    """
    with alone():
        folder = f"{ROOT}/new"
        remove(folder)
        os.mkdir(folder)
        try:
            fill(folder)
            look_for_ways_out(folder)
            _link_kept(folder)
        except OSError as error:
            remove(folder)
            raise Unfit("room" if error.errno in {28, 122} else "unreadable") from None
        except Unfit:
            remove(folder)
            raise
        number = max([each["number"] for each in known()], default=0) + 1
        about = {"at": time.time(), "note": note[:_LONGEST_NOTE], "by": by[:60], "source": source, "key": key}
        _write(f"{ROOT}/{number}.json", json.dumps(about))
        os.rename(folder, f"{ROOT}/{number}")
        return f"{ROOT}/{number}"


def look_for_ways_out(folder: str) -> None:
    """Refuse a link that leads out of the release.

    Raises:
        Unfit.
    """
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = os.path.join(place, name)
            if os.path.islink(path):
                target = os.path.normpath(os.path.join(place, os.readlink(path)))
                if target != folder and not target.startswith(folder + "/"):
                    raise Unfit("outside", path=os.path.relpath(path, folder))


def _link_kept(folder: str) -> None:
    """What lies in the folder that is kept is in each release under its own name."""
    for name in os.listdir(KEPT):
        path = f"{folder}/{name}"
        remove(path)
        os.symlink(f"../../kept/{name}", path)


def take_newest() -> int:
    """Have the newest release be the live one. Returns its number."""
    number = int(max(each["number"] for each in known()))
    take(number)
    return number


def take(number: int) -> None:
    """Have a release be the live one, at one instant; forget the oldest ones.

    Raises:
        Unfit: there is none of this number.
    """
    with alone():
        if not os.path.isdir(f"{ROOT}/{number}"):
            raise Unfit("gone")
        point(LIVE, str(number))
        for each in known()[:-MOST]:
            if not each["live"]:
                remove(f"{ROOT}/{each['number']}")
                remove(f"{ROOT}/{each['number']}.json")


def known() -> list[Release]:
    """Every release, the oldest first."""
    live = target(LIVE)
    found = []
    for name in os.listdir(ROOT):
        if _NUMBER.fullmatch(name) and os.path.isdir(f"{ROOT}/{name}"):
            found.append({"number": int(name), "live": name == live, **_about(name)})
    return sorted(found, key=lambda each: each["number"])


def _about(name: str) -> Release:
    try:
        with open(f"{ROOT}/{name}.json", encoding="utf-8") as file:
            told = json.load(file)
        texts = {name: str(told[name])[:_LONGEST_NOTE] for name in ("note", "by", "source", "key")}
        return {"at": float(told["at"]), **texts}
    except (OSError, ValueError, KeyError, TypeError):
        return {"at": os.stat(f"{ROOT}/{name}").st_mtime, "note": "", "by": "", "source": "first", "key": ""}


def point(link: str, target: str) -> None:
    """Have a name lead to another folder, at one instant."""
    path = f"{ROOT}/{link}"
    remove(path + ".new")
    os.symlink(target, path + ".new")
    if os.path.isdir(path) and not os.path.islink(path):
        remove(path)
    os.rename(path + ".new", path)


def target(link: str) -> str:
    """Where a name leads; nowhere, if there is none."""
    try:
        return os.readlink(f"{ROOT}/{link}")
    except OSError:
        return ""


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Nobody else changes what is published meanwhile."""
    handle = os.open(f"{PRIVATE}/releases.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: str, content: str) -> None:
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(content)
    os.rename(path + ".new", path)


def remove(path: str) -> None:
    """Have nothing be there."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)


def in_the_sites_name(work: Callable[[], object]) -> Any:
    """Run something as the site's user, in a process of its own, and return what it told.

    Raises:
        Unfit. OSError: it did not end well.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            become()
            os.close(reading)
            try:
                told: dict[str, Any] = {"told": work()}
            except Unfit as unfit:
                told = {"unfit": unfit.word, "values": {name: str(value) for name, value in unfit.values.items()}}
            with open(writing, "w", encoding="utf-8") as file:
                json.dump(told, file)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with open(reading, encoding="utf-8") as file:
        text = file.read()
    _, status = os.waitpid(process, 0)
    if status != 0:
        raise OSError("it did not end well as the site's user")
    answer = json.loads(text)
    if "unfit" in answer:
        raise Unfit(answer["unfit"], **answer["values"])
    return answer["told"]


def become() -> None:
    """Be the site's user from now on."""
    user = pwd.getpwnam(SITE)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.umask(0o022)
    os.environ["HOME"] = PRIVATE
