"""What every service with this web front answers of provisioning's contract, and tells its machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from souk.blueprints import guests
from souk.blueprints.acme.domains import WebDomains
from souk.blueprints.ssh.identity import HostKey
from souk.blueprints.web import front, probing
from souk.blueprints.web.front import Php
from souk.blueprints.web.successor import Following
from souk.provisioning.contract import (
    Abilities,
    Credentials,
    DomainKeeper,
    Guest,
    Identity,
    ServerCertificate,
    Succession,
    Wanted,
)

_CONFIGURE = "/usr/lib/souk/configure"


class OnTheWeb(Abilities):
    """A web server on a machine of its own, whose files come by SSH, under names of its customer's own."""

    port = probing.PORT
    holds_data = True
    identity: Identity | None = HostKey()
    domains: DomainKeeper | None = WebDomains()
    succession: Succession | None = Following()


def bring_up(
    guest: Guest,
    wanted: Wanted,
    credentials: Credentials,
    certificate: ServerCertificate,
    *,
    files: Mapping[str, str],
    php: Php | None,
    keys: Sequence[str] = (),
    within: float,
    more: Mapping[str, Any],
) -> None:
    """One command, that may be issued the instant the machine has started; it waits inside. `files` are what the server
    reads, by name; whose `credentials` these are also brings files, with these public `keys` too. `more` is what only
    this kind of service tells its machine. `within` is in seconds.

    Raises:
        ConfigurationFailed: something did not start; the message holds no secret.
    """
    document = {
        "follows": wanted.follows,
        "timeout": within - 10,
        "address": wanted.address,
        "hostname": wanted.hostname,
        "tls": asdict(certificate),
        "owner": {"username": credentials.username, "password": credentials.password, "keys": list(keys)},
        "files": {"server.conf": front.server(wanted), **files},
        "php": front.pools(wanted, php) if php else "",
        **more,
    }
    guests.run(guest, _CONFIGURE, document, timeout=within)
