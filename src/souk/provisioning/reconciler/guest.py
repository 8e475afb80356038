"""A machine, as the blueprint that acts in it sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from souk.engines.contract import Engine, Execution


@dataclass(frozen=True)
class MachineGuest:
    """A blueprint's view of its machine."""

    engine: Engine
    name: str

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        return self.engine.execute(self.name, command, stdin=stdin, timeout=timeout)
