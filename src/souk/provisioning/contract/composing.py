"""Stacks: services that are made of other services, and asked for as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from souk.provisioning.contract.machineless import Machineless
from souk.provisioning.contract.selling import Size


@dataclass(frozen=True)
class Part:
    """One of the services that a stack is made of: its name within the stack, what makes it, how large it is and with
    which parameters (defaults need not be said). `plan` is the catalogue's, for what is produced elsewhere.

    A part that is `public` gets a public address if the stack is ordered with one, at the stack's price. One that
    serves zones answers for the `zone`, if there is one; one that is public has the `names`, in zones of the stack.
    """

    name: str
    blueprint: str
    size: Size
    parameters: Mapping[str, Any] = field(default_factory=dict)
    plan: UUID | None = None
    public: bool = False
    zone: str = ""
    names: Sequence[str] = ()


class Composer(Protocol):
    """What stacks are made of."""

    def schema(self, plan: UUID) -> Mapping[str, Any]:
        """The JSON Schema of what is asked of whoever orders a plan; what may be changed carries `x-changeable`."""

    def parts(self, plan: UUID, parameters: Mapping[str, Any]) -> Sequence[Part]:
        """The parts of a stack of a plan, with these answers; each has the same name in each plan."""

    def follows(self, before: UUID, after: UUID) -> bool:
        """Whether a stack may go from one plan to another: they have the same parts."""


class Composed(Machineless):
    """What stands where a blueprint does for stacks."""

    composer: Composer
