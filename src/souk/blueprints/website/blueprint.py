"""The blueprint: provisioning's contract, answered for web sites."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from souk.blueprints import guests
from souk.blueprints.ssh.identity import HostKey
from souk.blueprints.web import front, people, probing, recipes, sizing
from souk.blueprints.web.archivist import Files
from souk.blueprints.web.domains import WebDomains
from souk.blueprints.web.observer import Watching
from souk.blueprints.web.publisher import Releases
from souk.blueprints.web.snippets import snippets
from souk.blueprints.web.successor import Following
from souk.blueprints.website import parameters
from souk.blueprints.website.offering import STARTING_OFFERING
from souk.blueprints.website.welcome import welcome
from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract import (
    Abilities,
    Archivist,
    Binder,
    Connection,
    Credentials,
    DomainKeeper,
    Guest,
    Health,
    Identity,
    Observer,
    Publisher,
    ServerCertificate,
    Size,
    StartingOffering,
    Succession,
    Wanted,
)

_CONFIGURE = "/usr/lib/souk/configure"
_CONFIGURE_WITHIN = 90.0


def _runs_php(wanted: Wanted) -> bool:
    return parameters.site(parameters.complete(wanted.parameters)).php


class WebSite(Abilities):
    """Apache and PHP on a machine of its own, that takes files by SFTP and git."""

    key = "website"
    prefix = "ws"
    icon = "world"
    port = probing.PORT
    further_ports = (80, 22, front.STAGING_PORT)
    holds_data = True
    starting_offering: StartingOffering | None = STARTING_OFFERING
    identity: Identity | None = HostKey()
    binder: Binder | None = people.PeopleBinder()
    domains: DomainKeeper | None = WebDomains()
    archivist: Archivist | None = Files()
    succession: Succession | None = Following()
    publisher: Publisher | None = Releases()
    observer: Observer | None = Watching(_runs_php)

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built."""
        return recipes.recipe()

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""
        return parameters.parameters_schema()

    def check(self, given: Mapping[str, Any]) -> None:
        """Look at keys and names themselves.

        Raises:
            Unfit.
        """
        parameters.check(given)

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""
        return sizing.machine_limits(size)

    def credentials(self, given: Mapping[str, Any], password: str) -> Credentials:
        """Who may bring files, in the site's own name."""
        del given
        return Credentials(people.OWNER, password)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside.

        Raises:
            ConfigurationFailed: the server did not start; the message holds no secret.
        """
        given = parameters.complete(wanted.parameters)
        site, php = parameters.site(given), parameters.php(given)
        document = {
            "follows": wanted.follows,
            "timeout": _CONFIGURE_WITHIN - 10,
            "address": wanted.address,
            "hostname": wanted.hostname,
            "tls": {
                "certificate": certificate.certificate,
                "key": certificate.key,
                "authority": certificate.authority,
            },
            "owner": {
                "username": credentials.username,
                "password": credentials.password,
                "keys": parameters.authorized(given),
            },
            "files": {"server.conf": front.server(wanted), **front.sites(site, php)},
            "php": front.pools(wanted, php) if site.php else "",
            "deploy": {
                "branch": given["branch"],
                "folder": given["folder"],
                "language": given["language"],
                "url": f"https://{wanted.hostname}/",
            },
            "welcome": welcome(wanted.hostname, given),
        }
        guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Whether the server answers whoever signs in, and reaches PHP if the site has any."""
        return probing.probe(wanted, credentials, authority, probing.PING if _runs_php(wanted) else probing.STATUS)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """Where the site is, and how files are brought there."""
        del database
        host = wanted.hostname
        return Connection(
            uri=f"sftp://{username}:PASSWORD@{host}/live",
            fields={
                "site": f"https://{host}/",
                "staging": f"https://{host}:{front.STAGING_PORT}/",
                "host": host,
                "port": "22",
                "user": username,
                "git": f"ssh://git-{username}@{host}/site.git",
            },
            client=("sftp", f"{username}@{host}"),
            snippets=snippets(host, username, [f"{host} {line}" for line in wanted.identity]),
            known_hosts="".join(f"{host} {line}\n" for line in wanted.identity),
        )
