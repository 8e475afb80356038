"""Running MariaDB's own client for a service: TLS checked in full, the password in a file for this user only."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from souk.cli import programs
from souk.cli.errors import Stopped
from souk.cli.language import _

CLIENTS = ("mariadb", "mysql")
"""MariaDB's client by its name and by its former one."""


def serves(credentials: Mapping[str, Any]) -> bool:
    """Whether `mariadb` is the client for these credentials."""
    return urlsplit(str(credentials["uri"])).scheme == "mysql"


def settings(credentials: Mapping[str, Any], authority: Path) -> str:
    """An option file of the client's. It checks the certificate against what it connects to, and the certificate names
    the address, too: where the name does not resolve, that does.
    """
    parts = urlsplit(str(credentials["uri"]))
    host = parts.hostname or ""
    told = {
        "host": host if _resolves(host) else str(credentials["address"]),
        "port": str(parts.port or 3306),
        "user": str(credentials["username"]),
        "password": str(credentials["password"]),
        "ssl-ca": str(authority),
        "ssl-verify-server-cert": "1",
    }
    return "[client]\n" + "".join(f'{name} = "{_escaped(value)}"\n' for name, value in told.items())


def run(credentials: Mapping[str, Any], arguments: Sequence[str]) -> int:
    """Run `mariadb` until it ends; its exit status. Nothing of ours is left on disk afterwards.

    Raises:
        Stopped: there is no such program here.
    """
    program = next((found for name in CLIENTS if (found := shutil.which(name))), None)
    if program is None:
        raise Stopped(_("mariadb is not installed here. Install MariaDB's client, or use `souk connect --print`."))
    database = unquote(urlsplit(str(credentials["uri"])).path.lstrip("/"))
    with tempfile.TemporaryDirectory(prefix="souk-", dir=programs.runtime_folder()) as folder:
        authority, options = Path(folder, "authority.pem"), Path(folder, "client.cnf")
        programs.write_privately(authority, str(credentials["authority"]))
        programs.write_privately(options, settings(credentials, authority))
        chosen = [f"--database={database}"] if database else []
        return programs.run(program, [f"--defaults-file={options}", *chosen, *arguments], dict(os.environ))


def _resolves(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
