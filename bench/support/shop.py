"""A platform of the benchmark's own that sells PostgreSQL on a real Incus, with its worker; nothing is left of it."""

from __future__ import annotations

import ipaddress
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from support.figures import say
from support.ground import Ground
from support.processes import Running, worker

_PATIENCE = 180.0


@dataclass
class Shop:
    """What is ordered here is made by the worker; `engine` is this host's, in the namespace's project."""

    place: Ground
    engine: Any
    scope: Any
    organization: UUID
    hand: Running | None = None

    def order(self, name: str, plan: str = "s") -> UUID:
        """Order PostgreSQL; returns the service instance."""
        from souk.ordering.commands import OrderDetails, place_order
        from souk.ordering.queries import order

        details = OrderDetails(self.organization, "public", "postgresql", plan, "ma-temara", name)
        return order(self.scope, place_order(self.scope, details)).instance_id

    def until_ready(self, instance: UUID) -> None:
        """Wait until a service is ready, and its subscription is known to be active."""
        from souk.ordering.queries import subscription_of
        from souk.provisioning.queries import service

        self.until(lambda: service(self.scope, instance).state == "ready", 0.01)
        self.until(lambda: subscription_of(self.scope, instance).state == "active")

    def settled(self, operation: UUID) -> Any:
        """An operation, when it has ended.

        Raises:
            RuntimeError: it failed.
        """
        from souk.provisioning.queries import operation as find

        self.until(lambda: find(self.scope, operation).finished_at is not None, 0.01)
        row = find(self.scope, operation)
        if row.state != "succeeded":
            raise RuntimeError(f"{row.kind} {row.state}: {row.trouble}")
        return row

    def steps(self, instance: UUID) -> dict[str, float]:
        """How many seconds each step of the service's creation took, by the worker's own word."""
        from souk.provisioning.queries import operations

        return {line["step"]: line["seconds"] for line in operations(self.scope, instance)[-1].log}

    def options(self, instance: UUID) -> dict[str, Any]:
        """psycopg's options for the service's first credentials; its authority lies in a file of the benchmark's."""
        from souk.provisioning.credentials import reveal

        found = reveal(self.scope, instance, "default")
        file = self.place.folder / f"{instance}.crt"
        file.write_text(found.authority)
        return {
            "host": found.connection.fields["host"],
            "hostaddr": found.address,
            "user": found.username,
            "password": found.password,
            "dbname": "app",
            "sslmode": "verify-full",
            "sslrootcert": str(file),
            "connect_timeout": 3,
        }

    def erase(self, instance: UUID) -> None:
        """Have a service gone, machines and all."""
        from souk.provisioning import commands

        self.settled(commands.erase_instance(self.scope, instance))

    def addresses(self) -> list[str]:
        """Addresses of the namespace's network, from its end."""
        from souk.settings import namespace

        return [str(host) for host in reversed(list(ipaddress.IPv4Network(namespace.current().subnet).hosts()))]

    def until(self, true: Callable[[], object], pause: float = 0.05) -> None:
        """Wait for something.

        Raises:
            TimeoutError: it did not come, with what the worker logged last.
        """
        deadline = time.monotonic() + _PATIENCE
        while not true():
            if time.monotonic() > deadline:
                said = self.hand.log.read_text()[-3000:] if self.hand else ""
                raise TimeoutError(f"it does not come to that:\n{said}")
            time.sleep(pause)


@contextmanager
def shop(place: Ground, *, storage: bool = False) -> Iterator[Shop]:
    """The shop with its worker at work; exits with 1 where there is no Incus or an image is missing.

    With `storage`, the site has an object storage of its own first.
    """
    from souk.engines.incus import IncusEngine
    from souk.parties.access import by_person
    from souk.settings import namespace
    from support.customers import customers

    engine = IncusEngine.connect(namespace.current())
    _need_images(engine)
    [buyer] = customers(1)
    open_ = Shop(place, engine, by_person(buyer.person, is_operator=False).member, buyer.organization)
    try:
        with at_work(open_, storage=storage):
            if storage:
                open_.until(lambda: _platform_ready(place, "objectstorage"))
            yield open_
    finally:
        _clear(open_)


@contextmanager
def at_work(open_: Shop, *, storage: bool = False) -> Iterator[Running]:
    """The worker, for as long as the block lasts."""
    with worker(open_.place, **({"SOUK_OBJECT_STORAGE": "own"} if storage else {})) as hand:
        open_.hand = hand
        with open_.place.connect() as watch:
            open_.until(lambda: watch.execute("select 1 from sites_site where engine_available").fetchone())
        yield hand


def _platform_ready(place: Ground, blueprint: str) -> bool:
    with place.connect() as watch:
        sql = "select 1 from provisioning_serviceinstance where blueprint = %s and state = 'ready'"
        return watch.execute(sql, [blueprint]).fetchone() is not None


def _need_images(engine: Any) -> None:
    from souk.engines.contract import EngineError
    from souk.provisioning import registry

    try:
        there = {alias for image in engine.images() for alias in image.aliases}
    except EngineError as error:
        say(f"Incus can't be used here: {error}")
        sys.exit(1)
    if missing := {one.recipe.alias for one in registry.blueprints().values()} - there:
        say(f"Images are missing: {', '.join(sorted(missing))}. `make test` or `make run` builds them.")
        sys.exit(1)


def _clear(open_: Shop) -> None:
    """Delete every machine that this database ever knew, whatever became of it, and the networks they were in."""
    with open_.place.connect() as watch:
        names = {name for (name,) in watch.execute("select name from provisioning_machine").fetchall()}
    found = [one for one in open_.engine.machines() if one.name in names]
    for one in found:
        open_.engine.delete(one.name)
    for network in {one.private for one in found} - {""}:
        open_.engine.delete_network(network)
