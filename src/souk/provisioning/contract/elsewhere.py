"""Services that are produced elsewhere: on no machine of the site, by somebody who is asked again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from souk.provisioning.contract.machineless import Machineless
from souk.provisioning.contract.serving import ConfigurationFailed


@dataclass(frozen=True)
class Commission:
    """A service as it should be: of the catalogue's `plan`, with these parameters. `requested_by` is who asked for what
    is being done, as the audit names people.
    """

    instance: UUID
    organization: UUID
    project: UUID
    region: str
    name: str
    plan: UUID
    parameters: Mapping[str, Any]
    requested_by: str = ""


@dataclass(frozen=True)
class Consumer:
    """Somebody who is to get credentials of a service: the binding's id, and what was asked of it."""

    binding: UUID
    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Later:
    """It is under way: to be asked for again after so many seconds. `sentence` is a message id for its customer."""

    seconds: float
    sentence: str = ""


class Away(ConfigurationFailed):
    """Whoever produces it can't be asked just now; `seconds` says when to try again. The message is a message id for
    the customer.
    """

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.sentence, self.seconds = sentence, seconds


class Claim(Protocol):
    """The right to work on a service, which somebody else may have taken over by now."""

    def hold(self) -> None:
        """Make sure that the claim still counts, until the running transaction ends; raises if it does not."""


class Producer(Protocol):
    """How services are produced elsewhere. Each call takes one step towards what is wanted and may be repeated, by a
    worker that does not know whether the one before died in the middle of it: what is about to be asked is recorded
    before it is asked. Nothing waits: what takes longer says `Later`.
    """

    def schema(self, plan: UUID) -> Mapping[str, Any]:
        """The JSON Schema of the parameters of a plan; those that may be changed carry `x-changeable`."""

    def binds(self, plan: UUID) -> bool:
        """Whether services of a plan can have credentials."""

    def binding_schema(self, plan: UUID) -> Mapping[str, Any]:
        """The JSON Schema of what may be said of a consumer's credentials; without properties, of what is not known."""

    def follows(self, before: UUID, after: UUID) -> bool:
        """Whether a service may go from one plan to another."""

    def provide(self, claim: Claim, commission: Commission) -> Later | None:
        """Have a service as it is wanted, made or changed; None once it is.

        Raises:
            Declined: it will never be so, and is as it was before. Away. ConfigurationFailed.
        """

    def withdraw(self, claim: Claim, commission: Commission) -> Later | None:
        """Have nothing left of a service, credentials included; None once nothing is.

        Raises:
            Away. ConfigurationFailed.
        """

    def forget(self, claim: Claim, commission: Commission) -> None:
        """Have done with a service and its credentials, whatever is left of them: nobody is asked for anything."""

    def grant(self, claim: Claim, commission: Commission, consumer: Consumer) -> Later | Mapping[str, Any]:
        """Have credentials made; what they are once they work: never log this.

        Raises:
            Declined: there will be none, and none are left. Away. ConfigurationFailed.
        """

    def revoke(self, claim: Claim, commission: Commission, consumer: Consumer) -> Later | None:
        """Have credentials work no more; None once they don't.

        Raises:
            Away. ConfigurationFailed.
        """


class Elsewhere(Machineless):
    """What stands where a blueprint does for services that are produced elsewhere; their plans say what parameters they
    have (`Producer.schema`), and their credentials how one connects.
    """

    producer: Producer
