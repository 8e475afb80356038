"""Endpoint names, answered by the dnsmasq of the site's bridge from a folder of hosts files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


class Names:
    """The folder of hosts files; one file per endpoint, replaced as a whole so that none is read half-written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def publish(self, hostname: str, address: str, below: Sequence[str] = ()) -> None:
        """Let `hostname` resolve to `address`, and names below it that go with it."""
        lines = "".join(f"{address} {name}\n" for name in (hostname, *below))
        target = self._folder / hostname
        if target.exists() and target.read_text() == lines:
            return
        draft = self._folder / f".{hostname}.{os.getpid()}"
        draft.write_text(lines)
        draft.chmod(0o644)
        draft.replace(target)

    def withdraw(self, hostname: str) -> None:
        """Let `hostname` resolve no more."""
        (self._folder / hostname).unlink(missing_ok=True)

    def published(self) -> set[str]:
        """Every name that resolves."""
        return {entry.name for entry in self._folder.iterdir() if not entry.name.startswith(".")}
