"""The blueprint: provisioning's contract, answered for WordPress."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from souk.blueprints import guests
from souk.blueprints.ssh.identity import HostKey
from souk.blueprints.web import front as web
from souk.blueprints.web import probing, recipes
from souk.blueprints.web.domains import WebDomains
from souk.blueprints.web.successor import Following
from souk.blueprints.wordpress import front, parameters, signing_in, sizing
from souk.blueprints.wordpress.archivist import FilesAndDatabase
from souk.blueprints.wordpress.observer import HEALTH, PressObserver
from souk.blueprints.wordpress.offering import STARTING_OFFERING
from souk.blueprints.wordpress.people import PressBinder
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
    ServerCertificate,
    Size,
    Snippet,
    StartingOffering,
    Succession,
    Wanted,
)

_CONFIGURE = "/usr/lib/souk/configure"
_CONFIGURE_WITHIN = 120.0


class WordPress(Abilities):
    """WordPress and its database on a machine of its own, installed in its customer's language."""

    key = "wordpress"
    prefix = "wp"
    icon = "writing"
    port = probing.PORT
    further_ports = (80, 22)
    holds_data = True
    starting_offering: StartingOffering | None = STARTING_OFFERING
    identity: Identity | None = HostKey()
    binder: Binder | None = PressBinder()
    domains: DomainKeeper | None = WebDomains()
    archivist: Archivist | None = FilesAndDatabase()
    observer: Observer | None = PressObserver()
    succession: Succession | None = Following()

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
            # Who brings files, and whom the machine tells of itself.
            "owner": {"username": credentials.username, "password": credentials.password, "keys": []},
            "database": front.database(wanted),
            "settings": front.settings(list(dict.fromkeys([wanted.hostname, *wanted.names]))),
            "files": {
                "server.conf": web.server(wanted),
                **front.sites(php, xmlrpc=given["xmlrpc"]),
            },
            "php": web.pools(wanted, php),
            "wordpress": {
                "title": given["site_title"],
                "admin": credentials.username,
                "password": credentials.password,
                "email": given["email"],
                "locale": parameters.LOCALES[given["language"]],
                "timezone": given["timezone"],
            },
        }
        guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)

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
