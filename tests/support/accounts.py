"""The accounts of a simulated service."""

from __future__ import annotations

from typing import Any, cast

from souk.engines.contract import Execution
from souk.engines.memory import MemoryEngine


class Accounts:
    """The accounts of a simulated service, as its guest keeps them: who may sign in with which password, for what."""

    def __init__(self, engine: MemoryEngine) -> None:
        self.passwords: dict[str, str] = {}
        self.roles: dict[str, tuple[str, str]] = {}
        self.refusing = False
        self.calls: list[str] = []
        programs = cast(Any, engine.guest).programs
        programs["/usr/lib/souk/grant"] = self._grant
        programs["/usr/lib/souk/revoke"] = self._revoke

    def _grant(self, arguments: list[str], stdin: bytes) -> Execution:
        self.calls.append(f"grant {arguments[0]}")
        if self.refusing:
            return Execution(1, "", "refused")
        self.passwords[arguments[0]] = stdin.decode()
        self.roles[arguments[0]] = (arguments[1], arguments[2])
        return Execution(0, "", "")

    def _revoke(self, arguments: list[str], stdin: bytes) -> Execution:
        self.calls.append(f"revoke {arguments[0]}")
        self.passwords.pop(arguments[0], None)
        return Execution(0, "", "")
