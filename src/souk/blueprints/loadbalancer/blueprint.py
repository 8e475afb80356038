"""The blueprint: provisioning's contract, answered for load balancers."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from souk.blueprints import acme, guests, recipes
from souk.blueprints.acme.domains import WebDomains
from souk.blueprints.loadbalancer import parameters, people, probing, sizing
from souk.blueprints.loadbalancer.balancer import Balancing
from souk.blueprints.loadbalancer.configuration import PLAIN_PORT, configuration
from souk.blueprints.loadbalancer.observer import Watching
from souk.blueprints.loadbalancer.offering import STARTING_OFFERING
from souk.blueprints.loadbalancer.successor import Following
from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract import (
    LISTENERS,
    Abilities,
    Balancer,
    Binder,
    Connection,
    Credentials,
    DomainKeeper,
    Guest,
    Health,
    Observer,
    ServerCertificate,
    Size,
    Snippet,
    StartingOffering,
    Succession,
    Wanted,
)

_CONFIGURE = "/usr/lib/souk/configure"
_CONFIGURE_WITHIN = 60.0


class LoadBalancer(Abilities):
    """HAProxy on a machine of its own, that leads to other services of its project. It holds no data: a machine that is
    lost is made anew.
    """

    key = "loadbalancer"
    prefix = "lb"
    icon = "route"
    port = 443
    further_ports = (PLAIN_PORT, parameters.STATISTICS_PORT)
    holds_data = False
    starting_offering: StartingOffering | None = STARTING_OFFERING
    balancer: Balancer | None = Balancing()
    binder: Binder | None = people.PeopleBinder()
    domains: DomainKeeper | None = WebDomains()
    succession: Succession | None = Following()
    observer: Observer | None = Watching()

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built."""
        return recipes.load(Path(__file__).parent / "image", acme.FILES)

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""
        return parameters.parameters_schema()

    def check(self, given: Mapping[str, Any]) -> None:
        """See that listeners and pools go together.

        Raises:
            Unfit.
        """
        parameters.check(given)

    def ports(self, given: Mapping[str, Any]) -> Sequence[int]:
        """Those of its listeners; where it tells of itself; and where names are proved, whether it listens or not."""
        chosen = [each["port"] for each in parameters.complete(given)[LISTENERS]]
        return sorted({*chosen, *self.further_ports})

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""
        return sizing.machine_limits(size)

    def credentials(self, given: Mapping[str, Any], password: str) -> Credentials:
        """Who may see what it tells of itself."""
        del given
        return Credentials(people.OWNER, password)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside. One that serves goes on
        doing so: no connection is dropped.

        Raises:
            ConfigurationFailed: the server did not start; the message holds no secret.
        """
        document = {
            "follows": wanted.follows,
            "timeout": _CONFIGURE_WITHIN - 10,
            "address": wanted.address,
            "tls": asdict(certificate),
            "owner": {"username": credentials.username, "password": credentials.password},
            "configuration": configuration(wanted),
        }
        guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Sign in from outside to what it tells of itself, over TLS."""
        return probing.probe(wanted, credentials, authority)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """Where it is reached, and where its statistics are."""
        del database
        host, statistics = wanted.hostname, f"https://{wanted.hostname}:{parameters.STATISTICS_PORT}"
        scraped = (
            "scrape_configs:\n"
            "  - job_name: souk\n"
            "    scheme: https\n"
            f"    static_configs: [{{targets: ['{host}:{parameters.STATISTICS_PORT}']}}]\n"
            f"    basic_auth: {{username: {username}, password: PASSWORD}}\n"
            "    tls_config: {ca_file: souk-ca.pem}\n"
        )
        return Connection(
            uri=f"https://{username}:PASSWORD@{host}:{parameters.STATISTICS_PORT}/",
            fields={"site": f"https://{host}/", "statistics": statistics + "/", "host": host, "user": username},
            client=("curl", "--cacert", "souk-ca.pem", "--user", username, statistics + "/metrics"),
            snippets=(Snippet("Prometheus", scraped),),
        )
