"""The staging copy: the live site as it was, with data of its own, for trying things out."""

from __future__ import annotations

import os
import subprocess

import releases
from releases import KEPT, LIVE, ROOT, STAGING, Unfit

MARK = ".souk-staged"


def staged_at() -> float | None:
    """Since when there is a copy, in seconds since 1970."""
    try:
        return os.stat(f"{ROOT}/{STAGING}/{MARK}").st_mtime
    except OSError:
        return None


def stage(key: str) -> None:
    """Copy what is live now. What was live before under links to data that is kept is data of the copy's own.

    Raises:
        Unfit.
    """
    if _mark() == key:
        return
    with releases.alone():
        name = "copy.2" if releases.target(STAGING) == "copy.1" else "copy.1"
        folder = f"{ROOT}/{name}"
        releases.remove(folder)
        _copy(os.path.realpath(f"{ROOT}/{LIVE}") + "/.", folder)
        for kept in os.listdir(KEPT):
            releases.remove(f"{folder}/{kept}")
            _copy(f"{KEPT}/{kept}", f"{folder}/{kept}")
        with open(f"{folder}/{MARK}", "w", encoding="utf-8") as file:
            file.write(key)
        before = releases.target(STAGING)
        releases.point(STAGING, name)
        if before.startswith("copy."):
            releases.remove(f"{ROOT}/{before}")


def publish(key: str) -> None:
    """Make a release of the copy, and have it be live.

    Raises:
        Unfit.
    """
    if staged_at() is None:
        raise Unfit("unstaged")
    made = next((each for each in releases.known() if each["key"] == key), None)
    if made is None:
        releases.make(_without_mark, note="", by="", source="staging", key=key)
    elif made["live"]:
        return
    releases.take_newest()


def _without_mark(folder: str) -> None:
    _copy(os.path.realpath(f"{ROOT}/{STAGING}") + "/.", folder)
    releases.remove(f"{folder}/{MARK}")


def _copy(source: str, target: str) -> None:
    command = ["cp", "--archive", "--reflink=auto", "--no-target-directory", "--", source, target]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    lost = [line for line in done.stderr.splitlines() if "No such file" not in line]
    if done.returncode != 0 and lost:
        full = any(word in done.stderr.lower() for word in ("no space", "quota exceeded"))
        raise Unfit("room" if full else "unreadable")


def _mark() -> str:
    try:
        with open(f"{ROOT}/{STAGING}/{MARK}", encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""
