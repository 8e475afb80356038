"""How programs that bring files are told of a site, for a customer to copy."""

from __future__ import annotations

from collections.abc import Sequence

from souk.provisioning.contract import Snippet


def snippets(host: str, username: str, known_hosts: Sequence[str]) -> tuple[Snippet, ...]:
    """Programs that know the machine by its host key; the password is asked for, unless a key does."""
    git = f"ssh://git-{username}@{host}/site.git"
    return (
        Snippet("~/.ssh/known_hosts", "".join(line + "\n" for line in known_hosts)),
        Snippet("git", f"git remote add souk {git}\ngit push souk main\n"),
        Snippet("sftp", f"sftp {username}@{host}\nsftp> put -R site/* live/\n"),
        Snippet("lftp", f"lftp -e 'mirror --reverse --delete ./site live; quit' sftp://{username}@{host}\n"),
        Snippet("FileZilla", f"sftp://{username}@{host}:22/live\n"),
    )
