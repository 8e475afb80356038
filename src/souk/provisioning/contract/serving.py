"""A service as it is wanted on a machine, how one signs in to it, and whether it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from souk.engines.contract import Execution
from souk.provisioning.contract.ensembles import Ensemble
from souk.provisioning.contract.selling import Size

CHANGEABLE = "x-changeable"
"""In a parameter's JSON Schema: whether it may be changed while the service runs."""

ADVANCED = "x-advanced"
"""In a parameter's JSON Schema: whether most do well without choosing it, so that a form shows it folded."""


@dataclass(frozen=True)
class Neighbour:
    """Another service in the same private network: its address and its name there."""

    address: str
    hostname: str


@dataclass(frozen=True)
class Wanted:
    """A service instance as it should be, on one machine: that of `member`, if it is highly available. A machine that
    `follows` has what another one has, until it is wanted to take over.

    `confined` are, on several machines, the further credentials that reach one database only, that one by their
    username. `names` are all that mean it or may come to, the endpoint's first: in a private network, at a public
    address. `identity` is what its machine was last seen to be recognized by, if its blueprint has an `Identity`.
    `neighbours` are the services in its private network by their names, if its blueprint has a `Balancer`.
    """

    instance: UUID
    name: str
    parameters: Mapping[str, Any]
    size: Size
    hostname: str
    address: str
    member: str = ""
    ensemble: Ensemble | None = None
    confined: Mapping[str, str] = field(default_factory=dict)
    follows: bool = False
    identity: Sequence[str] = ()
    names: Sequence[str] = ()
    neighbours: Mapping[str, Neighbour] = field(default_factory=dict)


@dataclass(frozen=True)
class Credentials:
    """How somebody signs in to a service. The password is clear here and nowhere else: never log this."""

    username: str
    password: str = field(repr=False)
    database: str = ""


@dataclass(frozen=True)
class ServerCertificate:
    """PEM texts of an endpoint's certificate, its key and the authority that signed it."""

    certificate: str
    key: str = field(repr=False)
    authority: str = field(repr=False)


@dataclass(frozen=True)
class Health:
    """What a probe found; `detail` is a short sentence for the operator."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True)
class Snippet:
    """A few lines of a program that connects, for a customer to copy; the password is not in it."""

    language: str
    text: str


@dataclass(frozen=True)
class Connection:
    """How a client connects, without the password: fields to show and a URI with `PASSWORD` as a placeholder. `pooled`
    is the same through the service's connection pool, where it has one.

    Where one signs in with a key of one's own there is no `password`, and instead of a certificate `known_hosts` proves
    which machine answers: the line that SSH clients keep in the file of that name.
    """

    uri: str
    fields: Mapping[str, str]
    client: Sequence[str]
    snippets: Sequence[Snippet] = ()
    pooled: str = ""
    password: bool = True
    known_hosts: str = ""


class Identity(Protocol):
    """What a blueprint adds whose machines are recognized by something that they made themselves."""

    def read(self, guest: Guest, wanted: Wanted) -> Sequence[str]:
        """What a configured machine is recognized by, such as its SSH host keys: public, and checked to be that.

        Raises:
            ConfigurationFailed.
        """


class Guest(Protocol):
    """One machine of the instance, for a blueprint to act in."""

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command as root in the machine. stdin may carry secrets and is never logged."""


class ConfigurationFailed(Exception):
    """A guest could not be configured."""


class Unfit(Exception):
    """A parameter that its schema allows does not do. `sentence` says why (a message id, with `values` in braces)."""

    def __init__(self, name: str, sentence: str, **values: object) -> None:
        super().__init__(f"{name}: {sentence}")
        self.name, self.sentence, self.values = name, sentence, values


class Declined(ConfigurationFailed):
    """The service can't do what was asked, and trying again won't help. The message is one for the customer (an id)."""
