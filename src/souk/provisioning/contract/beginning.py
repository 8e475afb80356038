"""What a service does of its customer's own when it is first begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from souk.provisioning.contract.serving import Guest, Wanted


class Standing(StrEnum):
    """How far it is: under way, done, ended with errors, or cut short by whatever stopped the machine."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Beginning:
    """How far it is, and the last `lines` that it said: text of the customer's own programs."""

    standing: Standing
    lines: Sequence[str]


class Beginner(Protocol):
    """What a blueprint adds whose services do something of their customer's once, beside serving. `configure` has it
    begin, and never begins it again.
    """

    def asked(self, parameters: Mapping[str, Any]) -> bool:
        """Whether an instance with these parameters has anything to do."""

    def look(self, guest: Guest, wanted: Wanted) -> Beginning:
        """See how far it is.

        Raises:
            ConfigurationFailed: the machine does not tell.
        """
