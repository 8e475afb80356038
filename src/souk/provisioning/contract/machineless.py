"""What stands where a blueprint does for services that are on no machine of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract.abilities import Abilities
from souk.provisioning.contract.selling import Size
from souk.provisioning.contract.serving import (
    Connection,
    Credentials,
    Guest,
    Health,
    ServerCertificate,
    Wanted,
)


class Machineless(Abilities):
    """A base for whoever names its `key`, its `prefix` and how its services come to be instead. Nothing that concerns a
    machine is ever asked of it.
    """

    key: str
    prefix: str
    port = 0
    holds_data = False

    def schema(self) -> Mapping[str, Any]:
        """Each plan has its own."""
        return {}

    @property
    def recipe(self) -> Recipe:
        """None."""
        self._no_machine()

    def limits(self, size: Size) -> Limits:
        """None."""
        self._no_machine(size)

    def credentials(self, parameters: Mapping[str, Any], password: str) -> Credentials:
        """None that anybody here could make."""
        self._no_machine(parameters, password)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """Nothing."""
        self._no_machine(guest, wanted, credentials, certificate)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Nothing."""
        self._no_machine(wanted, credentials, authority)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """What its credentials say."""
        self._no_machine(wanted, username, database)

    def _no_machine(self, *_: object) -> NoReturn:
        raise AssertionError(f"services of {self.key} are on no machine")
