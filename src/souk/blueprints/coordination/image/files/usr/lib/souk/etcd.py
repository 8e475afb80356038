"""What `configure` and `bind` share: etcd's places, and asking it as its administrator."""

from __future__ import annotations

import subprocess

from machine import Document, Failure

FOLDER = "/etc/souk/coordination"
SERVICE = "souk-etcd.service"
PORT = 2379
ROOT = "root"
ADMINISTRATOR = FOLDER + "/administrator"
"""The administrator's password, for root to read."""


def ask(document: Document, *words: str, stdin: str = "", signed_in: bool = True) -> tuple[bool, str]:
    """Run etcdctl against this machine's own endpoint; whether that went well, and what it said.

    Passwords go by environment and standard input, never by arguments.
    """
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/"}
    if signed_in:
        with open(ADMINISTRATOR, encoding="utf-8") as file:
            environment |= {"ETCDCTL_USER": ROOT, "ETCDCTL_PASSWORD": file.read()}
    endpoint = f"--endpoints=https://{document['hostname']}:{PORT}"
    command = ["/usr/bin/etcdctl", endpoint, f"--cacert={FOLDER}/ca.crt", *words]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, env=environment)
    return done.returncode == 0, (done.stderr or done.stdout).strip()


def tell(document: Document, *words: str, stdin: str = "", signed_in: bool = True, known: str = "") -> None:
    """Run etcdctl; a refusal that says `known` is as good as success."""
    well, said = ask(document, *words, stdin=stdin, signed_in=signed_in)
    if not well and not (known and known in said):
        raise Failure(f"etcdctl {words[0]} {words[1]}: {said.splitlines()[-1] if said else 'no word'}")
