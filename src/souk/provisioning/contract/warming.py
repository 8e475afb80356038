"""Machines that are made ready before anybody ordered them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from souk.provisioning.contract.selling import Size
from souk.provisioning.contract.serving import Credentials, Guest, ServerCertificate, Wanted


class Warmer(Protocol):
    """What a blueprint adds whose machines can wait ready for whoever orders first.

    Such a machine runs the service for nobody: no customer's credentials work, and whoever knows the password that it
    was prepared with can make it a customer's, once.
    """

    def prepared(self, size: Size) -> str:
        """A short text for all that a machine of this size is given beforehand: another one if it would be given
        something else today.
        """

    def prepare(self, guest: Guest, wanted: Wanted, password: str, certificate: ServerCertificate) -> None:
        """Bring a started machine to where only a customer is missing. Its name and address in `wanted` stay. A machine
        on which this failed is thrown away.

        Raises:
            ConfigurationFailed.
        """

    def suits(self, parameters: Mapping[str, Any]) -> bool:
        """Whether taking a prepared machine is all that an instance with these parameters needs to begin."""

    def take(self, wanted: Wanted, credentials: Credentials, password: str, authority: str) -> None:
        """Make a prepared machine the customer's over the network, whole or not at all: `credentials` work from now on,
        and `password` no more.

        What fails here, or is not known to have succeeded, `configure` makes good.

        Raises:
            ConfigurationFailed.
        """
