"""What `configure` and `bind` share: the file of those who may come in, which the server reads at each request."""

from __future__ import annotations

import hashlib
import subprocess

from machine import Failure, write

FOLDER = "/etc/souk/greeting"
GROUP = "www-data"
SERVICE = "souk-greeting.service"
_USERS = FOLDER + "/users"


def let_in(name: str, password: str) -> bool:
    """Let a user in with this password, or, without one, no more; returns whether that changed anything."""
    try:
        with open(_USERS, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        lines = []
    kept = [line for line in lines if line.partition(":")[0] != name]
    if password:
        kept.append(f"{name}:{_hashed(name, password)}")
    return bool(write(_USERS, "".join(line + "\n" for line in sorted(kept)), GROUP))


def _hashed(name: str, password: str) -> str:
    """The salt is always the same for a name, so that the same password leaves the file as it is."""
    salt = hashlib.sha256(name.encode()).hexdigest()[:16]
    command = ["/usr/bin/openssl", "passwd", "-6", "-salt", salt, "-stdin"]
    done = subprocess.run(command, input=password + "\n", capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure("openssl can't hash a password")
    return done.stdout.strip()
