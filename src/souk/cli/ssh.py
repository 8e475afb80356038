"""Running OpenSSH's client for a machine: reached at its address, and only if it has the host key that was recorded."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from souk.cli import programs
from souk.cli.errors import Stopped
from souk.cli.language import _


def serves(connection: Mapping[str, Any]) -> bool:
    """Whether `ssh` is the client for this connection."""
    return urlsplit(str(connection["uri"])).scheme == "ssh"


def options(connection: Mapping[str, Any], known_hosts: Path) -> list[str]:
    """What has ssh know the machine by its name, wherever the name points, and no other one in its place."""
    host = urlsplit(str(connection["uri"])).hostname or ""
    settings = {
        "HostKeyAlias": host,
        "UserKnownHostsFile": str(known_hosts),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "UpdateHostKeys": "no",
        "CheckHostIP": "no",
    }
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def run(connection: Mapping[str, Any], arguments: Sequence[str]) -> int:
    """Run `ssh` until it ends; its exit status.

    Raises:
        Stopped: there is no such program here.
    """
    program = shutil.which("ssh")
    if program is None:
        raise Stopped(_("ssh is not installed here. Install OpenSSH's client, or use `souk connect --print`."))
    target = f"{connection['username']}@{connection['address']}"
    with tempfile.TemporaryDirectory(prefix="souk-", dir=programs.runtime_folder()) as folder:
        known_hosts = Path(folder) / "known_hosts"
        known_hosts.write_text(str(connection["known_hosts"]))
        return programs.run(program, [*options(connection, known_hosts), target, *arguments])
