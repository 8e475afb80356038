"""What WordPress is made of in its machine: files, and a database that is written into one, as of the same instant."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable

sys.path.insert(0, "/usr/lib/souk/wordpress")

import press
from machine import Failure

PARTS = {"content": press.CONTENT, "private": press.PRIVATE, "database": press.DUMPS}
"""Where each folder of a copy is in the machine."""

PASSING = ("private/sessions", "private/tmp", "private/update", "private/update.lock", "content/upgrade")
"""What whoever misses it makes anew."""

UNDER_WAY = ("private/tmp", "private/update", "private/update.lock", "content/upgrade")
"""What another machine that takes over needs nothing of, while this one serves."""

_PHP = "souk-php.service"
_AT_NIGHT = ("souk-cron.timer", "souk-cron.service", "souk-updating.path", "souk-updating.service")
_LONGEST = 3.0
"""Seconds for which visitors can wait."""


def copy(each: Callable[[str, str], None]) -> None:
    """Copy the parts, each by its place and under its name. The site's programs stand still from before the database's
    instant until the files are copied, or for so long as visitors can wait.
    """
    if not press.has_own_database():
        # What was restored, and serves nobody yet.
        for name, place in PARTS.items():
            each(place, name)
        return
    _signal("STOP")
    going_on = threading.Timer(_LONGEST, _signal, ["CONT"])
    going_on.start()
    try:
        with press.writing_down() as writing:
            for name in ("content", "private"):
                each(PARTS[name], name)
            _signal("CONT")
            if writing.wait() != 0:
                raise Failure("the database can't be written down")
        press.date_by_content()
        each(PARTS["database"], "database")
    finally:
        going_on.cancel()
        _signal("CONT")
        press.forget_dump()


def release() -> str:
    """The version of WordPress."""
    with open("/usr/share/wordpress/wp-includes/version.php", encoding="utf-8") as file:
        found = re.search(r"\$wp_version = '([0-9.]+)", file.read())
    if not found:
        raise Failure("WordPress does not tell its version")
    return found[1]


def write_down() -> None:
    """Have the database lie in its part, once nothing serves any more."""
    subprocess.run(["systemctl", "stop", *_AT_NIGHT], capture_output=True)
    since = time.monotonic()
    with press.writing_down() as writing:
        if writing.wait() != 0:
            raise Failure(f"the database can't be written down after {time.monotonic() - since:.0f} s")


def _signal(what: str) -> None:
    subprocess.run(["systemctl", "kill", f"--signal=SIG{what}", _PHP], capture_output=True)
