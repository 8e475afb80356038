"""A blueprint small enough for tests: one command configures it, and it is healthy when that command ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract import (
    CHANGEABLE,
    Abilities,
    Binder,
    BindingRole,
    ConfigurationFailed,
    Connection,
    Credentials,
    DatabaseKeeper,
    Guest,
    Health,
    Keeps,
    ServerCertificate,
    Size,
    Snippet,
    StartingOffering,
    StartingPlan,
    Wanted,
)

GIB = 1024**3
CONFIGURE = ("/usr/lib/souk/configure",)


class ExampleBinder:
    """Bindings of the example: one command grants, another revokes."""

    roles = tuple(BindingRole)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        return Credentials(name, password, "main")

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        _run(guest, ("/usr/lib/souk/grant", credentials.username, role, credentials.database), credentials.password)

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        _run(guest, ("/usr/lib/souk/revoke", username))


class ExampleBrancher:
    """Copies of the example: one command prepares, another makes a copy a service of its own."""

    mark = "/etc/souk/branch"

    def prepare(self, guest: Guest, wanted: Wanted) -> bool:
        _run(guest, ("/usr/lib/souk/prepare",))
        return True

    def branch(self, guest: Guest, wanted: Wanted) -> None:
        _run(guest, ("/usr/lib/souk/branch",))


class ExampleKeeper:
    """Databases of the example: the first is there from the beginning."""

    keeps = Keeps.DATABASES
    most = 4

    def allows(self, name: str) -> bool:
        return name.isalpha()

    def names(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        return ["main", *parameters.get("more", ())]

    def naming(self, parameters: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        return {**parameters, "more": list(names)[1:]}

    def create(self, guest: Guest, wanted: Wanted, name: str) -> None:
        _run(guest, ("/usr/lib/souk/create", name))

    def drop(self, guest: Guest, wanted: Wanted, name: str) -> None:
        _run(guest, ("/usr/lib/souk/drop", name))


class ExampleWarmer:
    """Machines of the example that wait: one command prepares, and taking is told to `taken`."""

    def __init__(self) -> None:
        self.given = "this"
        self.refuses = False
        self.taken: list[tuple[str, str, str]] = []
        self.prepared_with: dict[str, str] = {}

    def prepared(self, size: Size) -> str:
        return f"{self.given} for {size.memory}"

    def prepare(self, guest: Guest, wanted: Wanted, password: str, certificate: ServerCertificate) -> None:
        _run(guest, CONFIGURE, password)
        self.prepared_with[wanted.hostname] = password

    def suits(self, parameters: Mapping[str, Any]) -> bool:
        return parameters.get("flavour", "plain") == "plain"

    def take(self, wanted: Wanted, credentials: Credentials, password: str, authority: str) -> None:
        if self.refuses or self.prepared_with.get(wanted.hostname) != password:
            raise ConfigurationFailed("it does not let itself be taken")
        del self.prepared_with[wanted.hostname]
        self.taken.append((wanted.hostname, credentials.username, credentials.password))


def _run(guest: Guest, command: tuple[str, ...], secret: str = "") -> None:
    done = guest.execute(command, stdin=secret.encode())
    if done.exit_code:
        raise ConfigurationFailed(done.stderr)


class Example(Abilities):
    """What the tests sell."""

    key = "example"
    prefix = "ex"
    port = 4000

    def __init__(self) -> None:
        self.healthy = True
        self.holds_data = False
        self.binder: Binder | None = ExampleBinder()
        self.keeper: DatabaseKeeper | None = ExampleKeeper()

    @property
    def recipe(self) -> Recipe:
        return Recipe("souk/example", "Example", "trixie", (), (), (), (), (), (), (), ())

    @property
    def starting_offering(self) -> StartingOffering:  # type: ignore[override]
        texts = {
            "fr": {"name": "Exemple géré", "summary": "Un service d'exemple", "description": "Pour les essais."},
            "ar": {"name": "خدمة نموذجية", "summary": "خدمة للتجربة", "description": "للتجارب."},
            "en": {"name": "Managed example", "summary": "An example service", "description": "For tests."},
        }
        plans = [
            StartingPlan("s", Size(1, GIB, 10 * GIB), "1.20", "490"),
            StartingPlan("m", Size(2, 4 * GIB, 40 * GIB), "3.60", "1690"),
            StartingPlan("h", Size(1, GIB, 10 * GIB, members=3), "3.40", "1390"),
        ]
        tiers: dict[str, list[dict[str, Any]]] = {
            "egress": [{"up_to": 100, "rate": "0"}, {"up_to": None, "rate": "0.15"}],
            "extra_disk": [{"up_to": None, "rate": "0.01"}],
            "public_address": [{"up_to": None, "rate": "0.06"}],
        }
        return StartingOffering("exemple", "databases", texts, plans, tiers)

    def schema(self) -> Mapping[str, Any]:
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "flavour": {
                    "type": "string",
                    "enum": ["plain", "mint"],
                    "default": "plain",
                    CHANGEABLE: True,
                },
                "more": {"type": "array", "items": {"type": "string"}},
            },
            "additionalProperties": False,
        }

    def limits(self, size: Size) -> Limits:
        return Limits(size.vcpus, size.memory, size.disk)

    def credentials(self, parameters: Mapping[str, Any], password: str) -> Credentials:
        return Credentials("owner", password, "main")

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        done = guest.execute(CONFIGURE, stdin=credentials.password.encode())
        if done.exit_code:
            raise ConfigurationFailed(done.stderr)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        if not (credentials.password and authority):
            return Health(ok=False, detail="nobody signs in without a password, or an authority to trust")
        return Health(self.healthy, "" if self.healthy else "no answer")

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        return Connection(
            f"example://{username}:PASSWORD@{wanted.hostname}:{self.port}/{database}",
            {"host": wanted.hostname, "port": str(self.port), "user": username},
            ("true",),
            (Snippet("Python", f"connect('{username}')"),),
        )


EXAMPLE = Example()
