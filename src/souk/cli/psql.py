"""Running PostgreSQL's own clients for a service: TLS checked in full, the password in a file that only this user may
read.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from souk.cli import programs
from souk.cli.errors import Stopped
from souk.cli.language import _


def serves(credentials: Mapping[str, Any]) -> bool:
    """Whether `psql` is the client for these credentials."""
    return urlsplit(str(credentials["uri"])).scheme in {"postgresql", "postgres"}


def settings(credentials: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """libpq's environment: the name that the certificate must carry, the address where it is, the authority to trust.

    Writes the authority and the password into `folder`, each readable by its owner only.
    """
    parts = urlsplit(str(credentials["uri"]))
    authority, passwords = folder / "authority.pem", folder / "passwords"
    programs.write_privately(authority, str(credentials["authority"]))
    escaped = str(credentials["password"]).replace("\\", "\\\\").replace(":", "\\:")
    programs.write_privately(passwords, f"*:*:*:*:{escaped}\n")
    return {
        "PGHOST": parts.hostname or "",
        "PGHOSTADDR": str(credentials["address"]),
        "PGPORT": str(parts.port or 5432),
        "PGUSER": str(credentials["username"]),
        "PGDATABASE": unquote(parts.path.lstrip("/")) or str(credentials["username"]),
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(authority),
        "PGPASSFILE": str(passwords),
        "PGAPPNAME": "souk connect",
    }


def run(credentials: Mapping[str, Any], arguments: Sequence[str], client: str = "psql") -> int:
    """Run `psql` or another client until it ends; its exit status. Nothing of ours is left on disk afterwards.

    Raises:
        Stopped: there is no such program here.
    """
    program = shutil.which(client)
    if program is None:
        missing = _("{client} is not installed here. Install PostgreSQL's client, or use `souk connect --print`.")
        raise Stopped(missing.format(client=client))
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    with tempfile.TemporaryDirectory(prefix="souk-", dir=programs.runtime_folder()) as folder:
        environment = {**inherited, **settings(credentials, Path(folder))}
        return programs.run(program, arguments, environment)
