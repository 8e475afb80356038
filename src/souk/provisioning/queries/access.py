"""Who may sign in to a service, to which database, from where, and how."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.contract import Connection, Wanted
from souk.provisioning.models import (
    OPEN,
    Binding,
    Endpoint,
    Operation,
    OperationKind,
    ServiceInstance,
)
from souk.provisioning.queries.services import service
from souk.provisioning.registry import blueprint
from souk.sites import authority


@dataclass(frozen=True)
class BindingRow:
    """Named credentials, without the password, good for a role in a database. They work once `granted_at` is set; those
    of `former_username`, which they replaced, work until `former_until`.
    """

    id: UUID
    name: str
    username: str
    database: str
    role: str
    created_at: datetime
    granted_at: datetime | None
    rotated_at: datetime | None
    former_username: str
    former_until: datetime | None


@dataclass(frozen=True)
class AllowedRow:
    """A network that may reach a service, in CIDR notation, and why."""

    network: str
    note: str


@dataclass(frozen=True)
class AccessRow:
    """Who may reach a service: these networks, or everyone (None). `changing` while another list is to take effect."""

    networks: list[AllowedRow] | None
    changing: bool


@dataclass(frozen=True)
class DatabaseRow:
    """A database of a service: ready, provisioning or deleting. The `first` one can't be deleted; `bindings` are the
    names of the credentials that sign in to it.
    """

    name: str
    state: str
    first: bool
    bindings: list[str]


@dataclass(frozen=True)
class ConnectionRow:
    """How to reach a service, without the password; `own` says the same for each name of the customer's own, `private`
    for its name in its private network, which means `private_address`, and `public` for the one that the world uses.
    """

    connection: Connection
    username: str
    authority: str
    address: str
    own: list[Connection] = field(default_factory=list)
    private: Connection | None = None
    private_address: str = ""
    public: Connection | None = None
    public_address: str = ""


def bindings(scope: Scope, instance: UUID) -> list[BindingRow]:
    """An instance's named credentials."""
    with acting(scope):
        rows = Binding.objects.filter(instance_id=instance, revoked_at__isnull=True).order_by("id")
        return [BindingRow(*row) for row in rows.values_list(*BindingRow.__dataclass_fields__)]


def access(scope: Scope, instance: UUID) -> AccessRow:
    """Who may reach an instance.

    Raises:
        NotFound.
    """
    with acting(scope):
        row = ServiceInstance.objects.filter(id=instance).values_list("allowed").first()
        if row is None:
            raise NotFound
        asked = Operation.objects.filter(instance_id=instance, state__in=OPEN, kind=OperationKind.ALLOW)
        changing = asked.exists()
    (allowed,) = row
    return AccessRow(None if allowed is None else [AllowedRow(**each) for each in allowed], changing)


def asked_access(scope: Scope, instance: UUID) -> AccessRow:
    """Who may reach an instance as it was asked for last, in force or not: what changes it begins with.

    Raises:
        NotFound.
    """
    found = access(scope, instance)
    if not found.changing:
        return found
    with acting(scope):
        asked = Operation.objects.filter(instance_id=instance, state__in=OPEN, kind=OperationKind.ALLOW)
        coming = asked.order_by("id").last()
    if coming is None:
        return found
    networks = coming.details["networks"]
    return AccessRow(None if networks is None else [AllowedRow(**each) for each in networks], True)


def databases(scope: Scope, instance: UUID) -> list[DatabaseRow]:
    """An instance's databases, in the order in which they were asked for.

    Raises:
        NotFound, NoDatabases.
    """
    row = service(scope, instance)
    keeper = blueprint(row.blueprint).keeper
    if keeper is None:
        raise errors.NoDatabases
    with acting(scope):
        asked = Operation.objects.filter(instance_id=instance, state__in=OPEN).order_by("id")
        coming, going = (
            list(asked.filter(kind=kind).values_list("details__database", flat=True))
            for kind in (OperationKind.CREATE_DATABASE, OperationKind.DROP_DATABASE)
        )
    bound = [(each.database, each.name) for each in bindings(scope, instance)]
    names = list(keeper.names(row.parameters))
    return [
        DatabaseRow(
            name,
            "deleting" if name in going else "ready" if name in names else "provisioning",
            name == names[0],
            [binding for database, binding in bound if database == name],
        )
        for name in dict.fromkeys([*names, *coming])
    ]


def connection_of(scope: Scope, instance: UUID, name: str = "default") -> ConnectionRow:
    """How to connect to a service with one of its bindings.

    Raises:
        NotFound, NotReadyYet, BindingMissing.
    """
    with acting(scope):
        row = ServiceInstance.objects.filter(id=instance).first()
        if row is None:
            raise NotFound
        endpoint = Endpoint.objects.filter(instance_id=instance).first()
        if endpoint is None and row.plan_id is None:
            raise errors.NotReadyYet(name=row.name)
        binding = Binding.objects.filter(instance_id=instance, name=name, revoked_at__isnull=True).first()
        if binding is None:
            raise errors.BindingMissing
        if endpoint is None:
            # How one connects is a part of what its producer gives a consumer.
            return ConnectionRow(Connection("", {}, ()), binding.username, "", "")
        wanted = Wanted(
            instance=row.id,
            name=row.name,
            parameters=row.parameters,
            size=row.size,
            hostname=endpoint.hostname,
            address=endpoint.address,
            identity=endpoint.identity,
        )
        kind, who = blueprint(row.blueprint), (binding.username, binding.database)
        private = None
        if endpoint.private_address is not None:
            private = kind.connection(replace(wanted, hostname=endpoint.private_hostname), *who)
        public = None
        if endpoint.public_address is not None:
            public = kind.connection(replace(wanted, hostname=endpoint.public_hostname), *who)
        return ConnectionRow(
            kind.connection(wanted, *who),
            binding.username,
            authority.certificate(row.site_id),
            endpoint.address,
            [kind.connection(replace(wanted, hostname=name), *who) for name in endpoint.names],
            private,
            endpoint.private_address or "",
            public,
            endpoint.public_address or "",
        )
