"""What reads service instances."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext

from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.sizes import changing_members, is_under_way
from souk.provisioning.contract import Connection, Wanted
from souk.provisioning.models import (
    OPEN,
    SETTLED,
    Backup,
    BackupState,
    Binding,
    Endpoint,
    Export,
    Image,
    Machine,
    MachineRole,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)
from souk.provisioning.registry import blueprint
from souk.provisioning.releases import outdated
from souk.sites import authority

__all__ = ["SETTLED"]


@dataclass(frozen=True)
class ServiceRow:
    """A service instance as lists show it; memory and disk in bytes, of each of its members. `extra_disk` is the part
    of the disk beyond the plan, `grow_to` how large it may become by itself.
    """

    id: UUID
    organization_id: UUID
    project_id: UUID
    region_code: str
    blueprint: str
    name: str
    label: str
    parameters: dict[str, Any]
    vcpus: int
    memory: int
    disk: int
    members: int
    extra_disk: int
    grow_to: int | None
    growth_refused_at: datetime | None
    desired: str
    state: str
    trouble: str
    protected: bool
    suspension: str
    suspension_note: str
    generation: int
    observed_generation: int
    created_at: datetime
    ready_at: datetime | None
    deletion_accepted_at: datetime | None
    erase_at: datetime | None
    deleted_at: datetime | None
    hostname: str | None
    address: str | None
    port: int | None
    certificate_expires_at: datetime | None


@dataclass(frozen=True)
class OperationRow:
    """One change to a service instance."""

    id: UUID
    instance_id: UUID
    kind: str
    details: dict[str, Any]
    state: str
    progress: int
    step: str
    log: list[dict[str, Any]]
    result: dict[str, Any]
    trouble: str
    requested_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def why(self) -> str:
        """Why it failed, as a sentence in the reader's language; nothing if it did not."""
        told = {key: value for key, value in self.result.items() if isinstance(value, str)}
        sentence = gettext(self.trouble) if self.trouble else ""
        return sentence.format(**told) if told and "{" in sentence else sentence


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
class NetworkRow:
    """A network that may reach a service, in CIDR notation, and why."""

    network: str
    note: str


@dataclass(frozen=True)
class AccessRow:
    """Who may reach a service: these networks, or everyone (None). `changing` while another list is to take effect."""

    networks: list[NetworkRow] | None
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
class BackupRow:
    """A backup; `size` is what it restores, `stored` what it takes in the repository, in bytes."""

    id: UUID
    kind: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    size: int | None
    stored: int | None
    proved_at: datetime | None


@dataclass(frozen=True)
class BackupsRow:
    """An instance's backups, newest first, the earliest instant to which it can be restored, and when a restore was
    last tried out and gave what the service held. `unproved` is why the last try did not, if so (a message id). Until
    `way_back_until` its restore in place can be undone.
    """

    kept: bool
    backups: list[BackupRow]
    earliest: datetime | None
    proved_at: datetime | None
    way_back_until: datetime | None
    unproved: str = ""


@dataclass(frozen=True)
class ExportRow:
    """A database in an open format: a file of `size` bytes, to be downloaded until it expires."""

    id: UUID
    database: str
    name: str
    created_at: datetime
    expires_at: datetime
    size: int | None
    sha256: str


@dataclass(frozen=True)
class ConnectionRow:
    """How to reach a service, without the password; `own` says the same for each name of the customer's own, `private`
    for its name in its private network, which means `private_address`.
    """

    connection: Connection
    username: str
    authority: str
    address: str
    own: list[Connection] = field(default_factory=list)
    private: Connection | None = None
    private_address: str = ""


@dataclass(frozen=True)
class MachineRow:
    """A machine of a service; the primary one carries it. One that waits for an order (warm) has no service yet."""

    name: str
    address: str
    instance_id: UUID | None
    image: str
    role: str
    created_at: datetime


@dataclass(frozen=True)
class ReleaseRow:
    """What a service's software says it is, and the fingerprint of the image it runs from; of several machines, the
    oldest. Newer ones come with an update if one is `available`; what is not known is empty. `updatable` is whether
    services of its kind can be updated at all.
    """

    version: str
    image: str
    newest_version: str
    newest_image: str
    newest_since: datetime | None
    available: bool
    updatable: bool


@dataclass(frozen=True)
class MemberRow:
    """One of the machines of a highly available service; `duty` is what it was last seen to do."""

    number: int
    name: str
    duty: str
    created_at: datetime


_FIELDS = (
    *[name for name in ServiceRow.__dataclass_fields__ if name not in {"hostname", "address", "port"}][:-1],
    "endpoint__hostname",
    "endpoint__address",
    "endpoint__port",
    "endpoint__certificate_expires_at",
)


def services(
    scope: Scope,
    *,
    organization: UUID | None = None,
    project: UUID | None = None,
    with_deleted: bool = False,
    after: UUID | None = None,
    limit: int = 50,
) -> list[ServiceRow]:
    """Service instances, newest first, one statement."""
    with acting(scope):
        rows = ServiceInstance.objects.order_by("-id")
        if organization is not None:
            rows = rows.filter(organization_id=organization)
        if project is not None:
            rows = rows.filter(project_id=project)
        if not with_deleted:
            rows = rows.filter(deleted_at__isnull=True)
        if after is not None:
            rows = rows.filter(id__lt=after)
        return [ServiceRow(*row) for row in rows.values_list(*_FIELDS)[:limit]]


def service(scope: Scope, identifier: UUID) -> ServiceRow:
    """One service instance.

    Raises:
        NotFound.
    """
    with acting(scope):
        row = ServiceInstance.objects.filter(id=identifier).values_list(*_FIELDS).first()
    if row is None:
        raise NotFound
    return ServiceRow(*row)


def service_counts(scope: Scope) -> dict[str, int]:
    """How many service instances there are in each state; deleted ones are left out."""
    with acting(scope):
        rows = ServiceInstance.objects.filter(deleted_at__isnull=True).values_list("state").annotate(Count("id"))
        return dict(rows.order_by("state"))


def troubled(scope: Scope, *, limit: int = 20) -> list[ServiceRow]:
    """Service instances that something keeps from what is desired, newest first; `trouble` says what."""
    with acting(scope):
        rows = ServiceInstance.objects.exclude(trouble="").filter(deleted_at__isnull=True).order_by("-id")
        return [ServiceRow(*row) for row in rows.values_list(*_FIELDS)[:limit]]


def operations(scope: Scope, instance: UUID) -> list[OperationRow]:
    """An instance's operations, newest first."""
    with acting(scope):
        rows = Operation.objects.filter(instance_id=instance).order_by("-id")
        return [OperationRow(*row) for row in rows.values_list(*OperationRow.__dataclass_fields__)[:100]]


def cancellable(scope: Scope, instance: UUID) -> list[UUID]:
    """An instance's operations that can be taken back now: those that wait, and a change of the number of machines that
    has not come to its service yet.
    """
    with acting(scope):
        row = ServiceInstance.objects.filter(id=instance).first()
        if row is None:
            return []
        waiting = Operation.objects.filter(instance=row, state=OperationState.QUEUED).exclude(kind__in=SETTLED)
        change = changing_members(row)
        begun = [] if change is None or is_under_way(row, change) else [change.id]
        return [*begun, *waiting.order_by("id").values_list("id", flat=True)]


def operation(scope: Scope, identifier: UUID) -> OperationRow:
    """One operation."""
    with acting(scope):
        row = Operation.objects.filter(id=identifier).values_list(*OperationRow.__dataclass_fields__).first()
    if row is None:
        raise NotFound
    return OperationRow(*row)


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
    return AccessRow(None if allowed is None else [NetworkRow(**each) for each in allowed], changing)


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


def backups(scope: Scope, instance: UUID) -> BackupsRow:
    """An instance's backups; `kept` says whether its kind keeps any.

    Raises:
        NotFound.
    """
    row = service(scope, instance)
    with acting(scope):
        rows = Backup.objects.filter(instance_id=instance).order_by("-id")
        former = Machine.objects.filter(instance_id=instance, role=MachineRole.FORMER, deleted_at__isnull=True)
        way_back = former.filter(kept_until__gt=clock.now()).values_list("kept_until", flat=True).first()
        tried = Operation.objects.filter(instance_id=instance, kind=OperationKind.PROVE).exclude(state__in=OPEN)
        last = tried.order_by("-id").first()
        found = [BackupRow(*each) for each in rows.values_list(*BackupRow.__dataclass_fields__)[:100]]
    ends = [each.finished_at for each in found if each.state == BackupState.AVAILABLE and each.finished_at]
    proofs = [each.proved_at for each in found if each.proved_at]
    archived = blueprint(row.blueprint).archivist is not None
    unproved = last.trouble if last is not None and last.state == OperationState.FAILED else ""
    return BackupsRow(archived, found, min(ends, default=None), max(proofs, default=None), way_back, unproved)


def exports(scope: Scope, instance: UUID) -> list[ExportRow]:
    """The exports of an instance that are there or being written, the newest first."""
    with acting(scope):
        found = Export.objects.filter(instance_id=instance, deleted_at__isnull=True, expires_at__gt=clock.now())
        open_ones = found.filter(Q(available_at__isnull=False) | Q(operation__state__in=OPEN))
        return [_export(row) for row in open_ones.select_related("instance").order_by("-id")]


def export(scope: Scope, instance: UUID, identifier: UUID) -> ExportRow:
    """One export, whatever became of it.

    Raises:
        NotFound.
    """
    with acting(scope):
        found = Export.objects.filter(id=identifier, instance_id=instance).select_related("instance").first()
        if found is None:
            raise NotFound
        return _export(found)


def _export(row: Export) -> ExportRow:
    made = f"{localtime(row.created_at):%Y%m%d-%H%M}"
    return ExportRow(
        id=row.id,
        database=row.database,
        name=f"{row.instance.label}-{row.database}-{made}{row.suffix}",
        created_at=row.created_at,
        expires_at=row.expires_at,
        size=row.size,
        sha256=row.sha256,
    )


def machines(scope: Scope) -> list[MachineRow]:
    """Every machine that should exist."""
    with acting(scope):
        rows = Machine.objects.filter(deleted_at__isnull=True).order_by("name")
        return [MachineRow(*row) for row in rows.values_list(*MachineRow.__dataclass_fields__)]


def members(scope: Scope, instance: UUID) -> list[MemberRow]:
    """The machines that run a service together, by number; none for a service on one machine.

    Raises:
        NotFound.
    """
    service(scope, instance)
    with acting(scope):
        rows = Machine.objects.filter(instance_id=instance, role=MachineRole.MEMBER, deleted_at__isnull=True)
        return [MemberRow(*row) for row in rows.order_by("number").values_list(*MemberRow.__dataclass_fields__)]


def release(scope: Scope, instance: UUID) -> ReleaseRow:
    """What a service runs, and whether there is something newer.

    Raises:
        NotFound.
    """
    kind = blueprint(service(scope, instance).blueprint)
    with acting(scope):
        serving = Machine.objects.filter(
            instance_id=instance, deleted_at__isnull=True, role__in=[MachineRole.PRIMARY, MachineRole.MEMBER]
        )
        behind = outdated().filter(instance_id=instance).order_by("number")
        shown = behind.first() or serving.order_by("number").first()
        newest = None
        if shown is not None:
            newest = Image.objects.filter(site_id=shown.site_id, alias=shown.image).first()
        available = behind.exists()
    return ReleaseRow(
        version=shown.version if shown else "",
        image=shown.fingerprint if shown else "",
        newest_version=_of_major(newest.version, shown.version) if newest and shown else "",
        newest_image=newest.fingerprint if newest else "",
        newest_since=newest.since if newest else None,
        available=available and kind.succession is not None,
        updatable=kind.succession is not None,
    )


def _of_major(versions: str, present: str) -> str:
    """Of an image's versions the one with the same major version as the present one, or else the first."""
    found, major = versions.split(), present.partition(".")[0]
    return next((each for each in found if each.partition(".")[0] == major), found[0] if found else "")


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
        if endpoint is None:
            raise errors.NotReadyYet(name=row.name)
        binding = Binding.objects.filter(instance_id=instance, name=name, revoked_at__isnull=True).first()
        if binding is None:
            raise errors.BindingMissing
        wanted = Wanted(
            instance=row.id,
            name=row.name,
            parameters=row.parameters,
            size=row.size,
            hostname=endpoint.hostname,
            address=endpoint.address,
        )
        kind, who = blueprint(row.blueprint), (binding.username, binding.database)
        private = None
        if endpoint.private_address is not None:
            private = kind.connection(replace(wanted, hostname=endpoint.private_hostname), *who)
        return ConnectionRow(
            kind.connection(wanted, *who),
            binding.username,
            authority.certificate(row.site_id),
            endpoint.address,
            [kind.connection(replace(wanted, hostname=name), *who) for name in endpoint.names],
            private,
            endpoint.private_address or "",
        )
