"""The blueprint: provisioning's contract, answered for WordPress."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from souk.blueprints.web import probing, recipes, service
from souk.blueprints.web.service import OnTheWeb
from souk.blueprints.wordpress import front, parameters, signing_in, sizing
from souk.blueprints.wordpress.archivist import FilesAndDatabase
from souk.blueprints.wordpress.observer import HEALTH, PressObserver
from souk.blueprints.wordpress.offering import STARTING_OFFERING
from souk.blueprints.wordpress.people import PressBinder
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
    ServerCertificate,
    Size,
    Snippet,
    StartingOffering,
    Wanted,
)

_CONFIGURE_WITHIN = 120.0


class WordPress(OnTheWeb):
    """WordPress and its database on a machine of its own, installed in its customer's language."""

    key = "wordpress"
    prefix = "wp"
    icon = "writing"
    further_ports = (80, 22)
    starting_offering: StartingOffering | None = STARTING_OFFERING
    binder: Binder | None = PressBinder()
    archivist: Archivist | None = FilesAndDatabase()
    observer: Observer | None = PressObserver()

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built: a site's, with WordPress and a database."""
        return recipes.with_more(Path(__file__).parent / "image")

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""
        return parameters.parameters_schema()

    def check(self, given: Mapping[str, Any]) -> None:
        """Look at names themselves.

        Raises:
            Unfit.
        """
        parameters.check(given)

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""
        return sizing.machine_limits(size)

    def credentials(self, given: Mapping[str, Any], password: str) -> Credentials:
        """The administrator's."""
        return Credentials(parameters.complete(given)["admin"], password)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside.

        Raises:
            ConfigurationFailed: something did not start; the message holds no secret.
        """
        given = parameters.complete(wanted.parameters)
        php = front.php(wanted, given)
        site = {
            "title": given["site_title"],
            "admin": credentials.username,
            "password": credentials.password,
            "email": given["email"],
            "locale": parameters.LOCALES[given["language"]],
            "timezone": given["timezone"],
        }
        hosts = list(dict.fromkeys([wanted.hostname, *wanted.names]))
        service.bring_up(
            guest,
            wanted,
            credentials,
            certificate,
            files=front.sites(php, xmlrpc=given["xmlrpc"]),
            php=php,
            within=_CONFIGURE_WITHIN,
            more={"database": front.database(wanted), "settings": front.settings(hosts), "wordpress": site},
        )

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Whether PHP answers an administrator, and has WordPress's database. What the customer's own extensions make
        of a page is the customer's matter. Others sign in to WordPress.
        """
        health = probing.probe(wanted, credentials, authority, HEALTH)
        return signing_in.probe(wanted, credentials, authority) if health == probing.REFUSED else health

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """Where the site is, and where one signs in."""
        del database
        host = wanted.hostname
        known = [f"{host} {line}" for line in wanted.identity]
        return Connection(
            uri=f"https://{host}/wp-login.php",
            fields={
                "site": f"https://{host}/",
                "sign_in": f"https://{host}/wp-login.php",
                "host": host,
                "port": str(self.port),
                "user": username,
                "rest": f"https://{host}/wp-json/",
            },
            client=("sftp", f"{username}@{host}"),
            snippets=(
                Snippet("~/.ssh/known_hosts", "".join(line + "\n" for line in known)),
                Snippet("sftp", f"sftp {username}@{host}\nsftp> cd content\n"),
            ),
            known_hosts="".join(line + "\n" for line in known),
        )
