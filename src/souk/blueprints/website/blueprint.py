"""The blueprint: provisioning's contract, answered for web sites."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from souk.blueprints.web import front, people, probing, recipes, service, sizing
from souk.blueprints.web.archivist import Files
from souk.blueprints.web.observer import Watching
from souk.blueprints.web.publisher import Releases
from souk.blueprints.web.service import OnTheWeb
from souk.blueprints.web.snippets import snippets
from souk.blueprints.website import parameters
from souk.blueprints.website.offering import STARTING_OFFERING
from souk.blueprints.website.welcome import welcome
from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract import (
    Archivist,
    Binder,
    Connection,
    Credentials,
    Guest,
    Health,
    Observer,
    Publisher,
    ServerCertificate,
    Size,
    StartingOffering,
    Wanted,
)

_CONFIGURE_WITHIN = 90.0


def _runs_php(wanted: Wanted) -> bool:
    return parameters.site(parameters.complete(wanted.parameters)).php


class WebSite(OnTheWeb):
    """Apache and PHP on a machine of its own, that takes files by SFTP and git."""

    key = "website"
    prefix = "ws"
    icon = "world"
    further_ports = (80, 22, front.STAGING_PORT)
    starting_offering: StartingOffering | None = STARTING_OFFERING
    binder: Binder | None = people.PeopleBinder()
    archivist: Archivist | None = Files()
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
        deploy = {each: given[each] for each in ("branch", "folder", "language")}
        deploy["url"] = f"https://{wanted.hostname}/"
        service.bring_up(
            guest,
            wanted,
            credentials,
            certificate,
            files=front.sites(site, php),
            php=php if site.php else None,
            keys=parameters.authorized(given),
            within=_CONFIGURE_WITHIN,
            more={"deploy": deploy, "welcome": welcome(wanted.hostname, given)},
        )

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
