"""What Souk changed on this host, and for whom: `/var/lib/souk/host.json`.

A change is written down before it is made, so that an interrupted installation can still be undone.
Namespaces share the file; a lock serializes those that install at the same moment.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from install.here import HOST


class Ledger:
    """The host's ledger: facts by name (JSON values), and the namespaces that live here."""

    def __init__(self, folder: Path = HOST) -> None:
        self._path = folder / "host.json"

    def read(self) -> dict[str, Any]:
        """Everything written down; empty where nothing was."""
        try:
            found = json.loads(self._path.read_text())
        except FileNotFoundError:
            return {}
        return dict(found)

    def get(self, name: str, default: Any = None) -> Any:
        """One fact."""
        return self.read().get(name, default)

    def put(self, name: str, value: Any) -> None:
        """Write a fact down; `None` strikes it out."""
        facts = self.read()
        if value is None:
            facts.pop(name, None)
        else:
            facts[name] = value
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n")
        os.replace(draft, self._path)

    def enter(self, name: str, **about: str) -> None:
        """Note that the namespace `name` lives on this host."""
        others = self.get("namespaces", {})
        if others.get(name) != about:
            self.put("namespaces", {**others, name: about})

    def leave(self, name: str) -> None:
        """Strike the namespace out."""
        self.put("namespaces", {key: about for key, about in self.get("namespaces", {}).items() if key != name})

    def others(self, name: str) -> dict[str, dict[str, str]]:
        """The other namespaces of this host."""
        return {key: about for key, about in self.get("namespaces", {}).items() if key != name}

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the host: nobody else installs, starts or stops shared things meanwhile."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with (self._path.parent / "host.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
