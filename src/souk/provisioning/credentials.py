"""Seeing a service's credentials: the web process asks, the worker answers into a box only the asker can open."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from souk.kernel.scope import Scope
from souk.provisioning import errors
from souk.provisioning.boxes import received
from souk.provisioning.commands import ask_reveal, take_reveal
from souk.provisioning.contract import Connection
from souk.provisioning.queries import connection_of


@dataclass(frozen=True)
class Credentials:
    """A consumer's way in, password included: show it once, never log it. `private` is that in its private network."""

    connection: Connection
    username: str
    password: str = field(repr=False)
    authority: str = field(repr=False)
    address: str = ""
    private: Connection | None = None
    public_address: str = ""


def reveal(scope: Scope, instance: UUID, name: str = "default") -> Credentials:
    """Fetch a binding's password, waiting for the worker.

    Raises:
        NotReadyYet, BindingMissing, NoPassword, RoleTooLow, RevealTimedOut.
    """
    found = connection_of(scope, instance, name)
    if not found.connection.password:
        raise errors.NoPassword
    answer = received(lambda box: ask_reveal(scope, instance, box, name), lambda asked: take_reveal(scope, asked))
    return Credentials(
        connection=found.connection,
        username=found.username,
        password=answer.decode(),
        authority=found.authority,
        address=found.address,
        private=found.private,
        public_address=found.public_address,
    )
