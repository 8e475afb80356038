"""Seeing a service's credentials: the web process asks, the worker answers into a box only the asker can open."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from uuid import UUID

from souk.kernel import secrets
from souk.kernel.scope import Scope
from souk.provisioning import errors
from souk.provisioning.commands import ask_reveal, take_reveal
from souk.provisioning.contract import Connection
from souk.provisioning.queries import connection_of

PATIENCE = 10.0


@dataclass(frozen=True)
class Credentials:
    """A consumer's way in, password included: show it once, never log it. `private` is that in its private network."""

    connection: Connection
    username: str
    password: str = field(repr=False)
    authority: str = field(repr=False)
    address: str = ""
    private: Connection | None = None


def reveal(scope: Scope, instance: UUID, name: str = "default") -> Credentials:
    """Fetch a binding's password, waiting for the worker.

    Raises:
        NotReadyYet, BindingMissing, RoleTooLow, RevealTimedOut.
    """
    found = connection_of(scope, instance, name)
    private, public = secrets.new_box()
    request = ask_reveal(scope, instance, public, name)
    deadline = time.monotonic() + PATIENCE
    pause = 0.01
    while (answer := take_reveal(scope, request)) is None:
        if time.monotonic() > deadline:
            raise errors.RevealTimedOut
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)
    return Credentials(
        connection=found.connection,
        username=found.username,
        password=secrets.unpost(answer, private).decode(),
        authority=found.authority,
        address=found.address,
        private=found.private,
    )
