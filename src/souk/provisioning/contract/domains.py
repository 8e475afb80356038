"""Names of the customer's own that people type into a browser, and certificates for them that browsers trust."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Protocol

from souk.provisioning.contract.serving import Guest, Wanted


@dataclass(frozen=True)
class CertificateServer:
    """Who issues certificates by ACME (RFC 8555): its directory's URL, who signed *its* certificate (PEM; nothing:
    whom a system trusts), where it may write to, and the key that binds accounts to the operator's, where it asks for
    one (base64url, as such servers hand it out).
    """

    directory: str
    authority: str = ""
    contact: str = ""
    key_id: str = ""
    key: str = field(default="", repr=False)


@dataclass(frozen=True)
class WebNames:
    """Under which names a service is to answer, as DNS has them.

    Others lead to the `main` one, if there is one; plain http leads to https if `https_only`, and browsers are told to
    remember that if `hsts`. Of `certify`, those that lead to the service, a certificate is to be asked of the `server`;
    the others, and those that have none yet, show the service's own.
    """

    names: Sequence[str] = ()
    main: str = ""
    https_only: bool = True
    hsts: bool = False
    certify: Sequence[str] = ()
    server: CertificateServer | None = None

    @property
    def token(self) -> str:
        """What tells whether a machine was told the same."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Certified:
    """What became of a name's certificate: how long the one that it has holds, why the last attempt gave none, and when
    the next one is. `reason` is one of RFC 8555's error types such as `unauthorized`, `unreachable` for a server that
    does not answer, or nothing; `trouble` is what the server said.
    """

    name: str
    until: datetime | None = None
    reason: str = ""
    trouble: str = ""
    next_try: datetime | None = None


class DomainKeeper(Protocol):
    """What a blueprint adds whose services answer browsers. Keys of certificates are made in the machine and stay
    there; certificates are renewed there, too, whether the platform is up or not. Every call is safe to repeat.
    """

    @property
    def most(self) -> int:
        """How many names a service may have."""

    def serve(self, guest: Guest, wanted: Wanted, names: WebNames) -> None:
        """Answer to these names and no others from now on. What a name's certificate needs is begun, not waited for.

        Raises:
            ConfigurationFailed.
        """

    def certified(self, guest: Guest, wanted: Wanted, again: Sequence[str] = ()) -> Sequence[Certified]:
        """What became of the certificates that were asked for. What failed is tried at once of the names that are to
        be tried `again`, as far as the server's limits let it.

        Raises:
            ConfigurationFailed: the machine does not tell.
        """
