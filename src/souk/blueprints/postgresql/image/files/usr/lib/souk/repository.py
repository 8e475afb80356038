"""A pgBackRest repository in a bucket: its configuration, and asking pgBackRest."""

from __future__ import annotations

import json
import socket
from subprocess import CompletedProcess as Done
from typing import Any

from guest import FOLDER, SOCKETS, as_postgres, write
from machine import Failure, know_host

CONFIGURATION = FOLDER + "/repository.conf"
STANZA = "souk"
LOCKED = 50
READABLE = (0, 1, 2)
"""What `info` says of a repository that is well, that is empty, or that has no backup yet."""

LABEL = "souk"
NETWORK_SECONDS = 15
"""How long pgBackRest tries a repository that does not answer: PostgreSQL's archiver tries again after that."""


def describe(document: dict[str, Any], path: str, data: str) -> bool:
    """Write the configuration file of a repository for a data directory. Returns whether anything changed.

    A server whose address is known is found by `/etc/hosts`, whatever DNS says; its certificate is checked against the
    name in any case.
    """
    repository = document["repository"]
    authority = path.removesuffix(".conf") + ".crt"
    settings = {
        "repo1-type": "s3",
        "repo1-path": f"/{repository['folder']}/postgresql" if repository["folder"] else "/postgresql",
        "repo1-s3-bucket": repository["bucket"],
        "repo1-s3-endpoint": repository["host"],
        "repo1-s3-region": repository["region"],
        "repo1-s3-key": repository["access_key"],
        "repo1-s3-key-secret": repository["secret_key"],
        "repo1-s3-uri-style": "path",
        "repo1-storage-port": repository["port"],
        **({"repo1-storage-ca-file": authority} if repository["authority"] else {}),
        "repo1-cipher-type": "aes-256-cbc",
        "repo1-cipher-pass": repository["passphrase"],
        # Thousands of small files in few objects.
        "repo1-bundle": "y",
        "compress-type": "zst",
        "process-max": document["processes"],
        "archive-push-queue-max": document["most_waiting"],
        "archive-timeout": 60,
        "io-timeout": NETWORK_SECONDS,
        "start-fast": "y",
        "expire-auto": "n",
        "lock-path": "/var/lib/postgresql/lock",
        "log-level-file": "off",
        "log-level-console": "off",
        "log-level-stderr": "error",
    }
    lines = [f"{key}={value}" for key, value in settings.items()]
    lines = ["[global]", *lines, f"[{STANZA}]", "pg1-path=" + data, "pg1-socket-path=" + SOCKETS]
    known = bool(repository["address"]) and know_host(repository["host"], repository["address"])
    return any([known, write(authority, repository["authority"]), write(path, "\n".join(lines) + "\n")])


def pgbackrest(*arguments: str, path: str = CONFIGURATION, accepted: tuple[int, ...] = (0,)) -> Done[str]:
    """Run pgBackRest as PostgreSQL's user; a status that isn't accepted is a failure with pgBackRest's own words."""
    look_for_server(path)
    done: Done[str] = as_postgres(["/usr/bin/pgbackrest", "--config=" + path, "--stanza=" + STANZA, *arguments])
    if done.returncode not in accepted:
        raise Failure(complaint(done))
    return done


def look_for_server(path: str) -> None:
    """Say within seconds that nobody is there: pgBackRest would try again for minutes."""
    with open(path, encoding="utf-8") as file:
        known = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    host = known["repo1-s3-endpoint"]
    try:
        socket.create_connection((host, int(known["repo1-storage-port"])), timeout=3).close()
    except OSError as error:
        raise Failure(f"the repository's server {host} does not answer: {error}") from None


def complaint(done: Done[str]) -> str:
    """pgBackRest's first error, without its time and process number."""
    said = [line for line in (done.stderr or done.stdout).splitlines() if "ERROR" in line]
    return said[0].partition("ERROR:")[2].strip() if said else f"pgBackRest ended with {done.returncode}"


def backups(path: str = CONFIGURATION) -> list[dict[str, Any]]:
    """The backups in the repository, as pgBackRest lists them, the oldest first."""
    found = [backup for stanza in _readable(path) for backup in stanza.get("backup", ())]
    return [backup for backup in found if not backup.get("error")]


def servers(path: str = CONFIGURATION) -> list[str]:
    """The system identifiers of the servers whose history the repository holds, the last one at the end."""
    return [str(server["system-id"]) for stanza in _readable(path) for server in stanza.get("db", ())]


def _readable(path: str) -> list[dict[str, Any]]:
    stanzas = json.loads(pgbackrest("info", "--output=json", path=path).stdout)
    for stanza in stanzas:
        # A repository that could not be read is listed too, as one without backups.
        if stanza["status"]["code"] not in READABLE:
            reasons = [place["status"]["message"] for place in stanza.get("repo", ())]
            raise Failure((reasons or [stanza["status"]["message"]])[0].partition("\n")[0])
    return list(stanzas)


def labels() -> set[str]:
    """Our labels of the backups in the repository."""
    return {backup.get("annotation", {}).get(LABEL, "") for backup in backups()}
