"""Seeing a service's credentials: the web process asks, the worker answers into a box only the asker can open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from souk.kernel.scope import Scope
from souk.provisioning import errors
from souk.provisioning.boxes import received
from souk.provisioning.commands import ask_reveal, take_reveal
from souk.provisioning.contract import Connection
from souk.provisioning.queries import connection_of, service


@dataclass(frozen=True)
class Credentials:
    """A consumer's way in, password included: show it once, never log it. `private` is that in its private network.
    `given` is all of it, in its producer's own words, for a service that is produced elsewhere.
    """

    connection: Connection
    username: str
    password: str = field(repr=False)
    authority: str = field(repr=False)
    address: str = ""
    private: Connection | None = None
    public_address: str = ""
    given: Mapping[str, Any] = field(default_factory=dict, repr=False)


def reveal(scope: Scope, instance: UUID, name: str = "default") -> Credentials:
    """Fetch a binding's password, waiting for the worker.

    Raises:
        NotReadyYet, BindingMissing, NoPassword, RoleTooLow, RevealTimedOut.
    """
    found = connection_of(scope, instance, name)
    if not found.connection.password:
        raise errors.NoPassword
    answer = received(lambda box: ask_reveal(scope, instance, box, name), lambda asked: take_reveal(scope, asked))
    if service(scope, instance).plan_id is not None:
        return _of_producer(msgspec.json.decode(answer, type=dict[str, Any]), found.username)
    return Credentials(
        connection=found.connection,
        username=found.username,
        password=answer.decode(),
        authority=found.authority,
        address=found.address,
        private=found.private,
        public_address=found.public_address,
    )


def _of_producer(given: Mapping[str, Any], username: str) -> Credentials:
    uri, password = (given[key] if isinstance(given.get(key), str) else "" for key in ("uri", "password"))
    connection = Connection(uri, dict(_flat(given)), ())
    return Credentials(connection, username, password, "", given=given)


def _flat(given: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in given.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value if isinstance(value, str) else msgspec.json.encode(value).decode()
