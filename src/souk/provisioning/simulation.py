"""Blueprints for an engine that isn't real: nothing is configured, and what would be probed is taken to be well."""

from __future__ import annotations

from typing import Any

from souk.provisioning.contract import Blueprint, Credentials, Guest, Health, ServerCertificate, Wanted


class Simulated:
    """A blueprint whose machines exist on the in-memory engine only; the rest is the blueprint's own."""

    #: There is no data to lose, and a restart of the process forgets its machines.
    holds_data = False
    #: Nor anything to keep of it.
    archivist = None
    #: And it tells nothing of itself.
    observer = None

    def __init__(self, blueprint: Blueprint) -> None:
        self._blueprint = blueprint

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blueprint, name)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """Nothing to configure; the guest is asked all the same, so that its failures can be simulated."""
        del wanted, credentials, certificate
        guest.execute(["true"])

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Well."""
        del wanted, credentials, authority
        return Health(True, "simulated")
