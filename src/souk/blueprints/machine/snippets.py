"""How programs that speak SSH are told of a machine, for a customer to copy."""

from __future__ import annotations

from collections.abc import Sequence

from souk.provisioning.contract import Snippet


def snippets(host: str, user: str, known_hosts: str) -> Sequence[Snippet]:
    """What goes into the files of OpenSSH, and what copies files."""
    name = host.partition(".")[0]
    return (
        Snippet("~/.ssh/known_hosts", known_hosts),
        Snippet("~/.ssh/config", f"Host {name}\n    HostName {host}\n    User {user}\n"),
        Snippet("rsync", f"rsync -a ./folder/ {user}@{host}:folder/\n"),
        Snippet("Ansible", f"[souk]\n{host} ansible_user={user} ansible_python_interpreter=/usr/bin/python3\n"),
    )
