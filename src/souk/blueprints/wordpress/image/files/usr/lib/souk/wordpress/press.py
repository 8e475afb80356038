"""Asking WordPress on this machine, and what it keeps outside of its database."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from typing import Any

from machine import Failure, Refusal, write

SOCKET = "/run/souk-database/socket"
CONTENT, PRIVATE = "/srv/site/content", "/srv/site/private"
SALTS = PRIVATE + "/salts.php"
THEME = "/usr/share/wordpress/wp-content/themes/twentytwentyfive"
DUMPS = "/srv/copy"
"""The site's own: where its database lies as text while it is copied, and before it is read in."""

DUMP = DUMPS + "/wordpress.sql"
OWN = "/etc/souk/web/database.own"
"""Where this lies, the database is this machine's own; before that, it is what another one wrote down."""

SITE = "site"
_BEGINS_WITHIN = 3.0
_NAMES = [f"{which}{what}" for what in ("KEY", "SALT") for which in ("AUTH_", "SECURE_AUTH_", "LOGGED_IN_", "NONCE_")]


def ask(document: Mapping[str, Any], within: float) -> dict[str, Any]:
    """Have WordPress do something, as the site's own user, who may no more than its pages may.

    Raises:
        Refusal: it declines, by this word. Failure.
    """
    try:
        done = run("/usr/bin/php", "-c", "/usr/lib/souk/web/php.ini", "/usr/lib/souk/wordpress/press.php",
                   told=json.dumps(document), within=within)  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Failure("WordPress does not end what it was asked") from None
    lines = done.stdout.strip().splitlines()
    try:
        answer = dict(json.loads(lines[-1]))
    except (IndexError, TypeError, ValueError):
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        raise Failure("WordPress fails: " + (said[-1][:300] if said else str(done.returncode))) from None
    if "declined" in answer:
        raise Refusal(answer["declined"])
    if "error" in answer:
        raise Failure(answer["error"])
    return answer


@contextlib.contextmanager
def writing_down() -> Iterator[subprocess.Popen[str]]:
    """The database is being written down, as it was at this instant and in an order that is the same for the same rows;
    the site's own user does it, so that no link in its folder leads root astray.
    """
    command = [
        *("mariadb-dump", f"--socket={SOCKET}", "--user=site", "--single-transaction", "--quick", "--skip-comments"),
        *("--skip-dump-date", "--order-by-primary", "--hex-blob", f"--result-file={DUMP}", "wordpress"),
    ]
    forget_dump()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, **_as_site()
    ) as one:
        try:
            # Its first words come after it has its instant.
            until = time.monotonic() + _BEGINS_WITHIN
            while one.poll() is None and time.monotonic() < until and not _size(DUMP):
                time.sleep(0.01)
            yield one
        finally:
            one.kill()


def date_by_content() -> None:
    """Give what was written down a date that tells what is in it: it is compared by that, and not by when it was."""
    script = f"touch --no-dereference --date=@$(( 0x$(sha256sum {DUMP} | cut -c1-7) )) {DUMP}"
    if run("/bin/sh", "-c", script).returncode != 0:
        raise Failure("what was written down of the database can't be read")


def forget_dump() -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(DUMP)


def has_own_database() -> bool:
    return os.path.exists(OWN)


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except FileNotFoundError:
        return 0


def run(*command: str, told: str = "", within: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run a program as the site's own user."""
    return subprocess.run(
        command,
        input=told,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=within,
        **_as_site(),
    )


def _as_site() -> dict[str, Any]:
    user = pwd.getpwnam(SITE)
    return {
        "user": user.pw_uid,
        "group": user.pw_gid,
        "extra_groups": [],
        "cwd": "/srv/site",
        "env": {"PATH": "/usr/bin:/bin", "HOME": PRIVATE, "LC_ALL": "C.UTF-8", "HTTP_HOST": "localhost"},
    }


def have_folders() -> None:
    """What WordPress writes into, and a theme to begin with. The site's own user makes it."""
    script = f"""
        set -e
        umask 077
        cd {PRIVATE}
        mkdir -p sessions tmp
        umask 022
        cd {CONTENT}
        mkdir -p plugins uploads languages upgrade
        if [ ! -d themes ]; then
            rm -rf themes.new
            mkdir themes.new
            cp -r --reflink=auto {THEME} themes.new/
            mv themes.new themes
        fi
        if [ ! -f {SALTS} ]; then
            umask 077
            cat > {SALTS}.new
            mv {SALTS}.new {SALTS}
        fi
    """
    salts = "".join(f"    '{name}' => '{secrets.token_urlsafe(48)}',\n" for name in _NAMES)
    done = run("/bin/sh", "-c", script, told=f"<?php return [\n{salts}];\n")
    if done.returncode != 0:
        raise Failure("the site's folders can't be made: " + done.stderr.strip()[-200:])


def query(text: str) -> str:
    """Have the database's own administrator run some SQL; what it answers, a row a line."""
    command = [shutil.which("mariadb") or "mariadb", f"--socket={SOCKET}", "--batch", "--skip-column-names"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise Failure("the database refuses: " + done.stderr.strip()[-200:])
    return done.stdout


def have_database() -> None:
    """A database of the site's own, which its user reaches as the process that it is: with what another machine wrote
    down, if this one was given that.
    """
    if has_own_database():
        return
    query(
        "DROP DATABASE IF EXISTS wordpress;"
        "CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;"
        "CREATE USER IF NOT EXISTS site@localhost IDENTIFIED VIA unix_socket;"
        "GRANT ALL ON wordpress.* TO site@localhost;"
    )
    if os.path.lexists(DUMP):
        done = run("/bin/sh", "-c", f"mariadb --socket={SOCKET} --user=site wordpress < {DUMP}", within=6 * 3600)
        if done.returncode != 0:
            raise Failure("what was written down of the database can't be read in: " + done.stderr.strip()[-200:])
    write(OWN, "", "root")
    forget_dump()
