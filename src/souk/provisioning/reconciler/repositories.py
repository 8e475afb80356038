"""Where an instance's backups go: its bucket on the site's object storage or its folder outside, and the keys to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings

from souk.engines.contract import Engine
from souk.kernel import clock, secrets
from souk.kernel.scope import acting
from souk.provisioning import contract
from souk.provisioning.contract import Archivist, BindingRole, ConfigurationFailed, Credentials, Guest
from souk.provisioning.models import (
    MOVES,
    Desired,
    Endpoint,
    Ensemble,
    Export,
    InstanceState,
    Operation,
    OperationState,
    Repository,
    ServiceInstance,
)
from souk.provisioning.reconciler import keymaking, records
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.records import WORKER, Subject
from souk.provisioning.registry import blueprint
from souk.provisioning.storage import Outside, OutsideMisset, outside, storage_of
from souk.sites import authority


class StorageNotReady(ConfigurationFailed):
    """The site's object storage doesn't answer yet."""


def is_kept(instance: UUID) -> bool:
    """Whether an instance has a repository."""
    with acting(WORKER):
        return Repository.objects.filter(instance_id=instance, erased_at__isnull=True).exists()


def open_repository(instance: UUID, engine: Engine, until: datetime | None = None) -> contract.Repository:
    """The repository of an instance that has one, as its archivist needs it; to be restored as it was at `until`, if
    that is what it is opened for.

    Raises:
        ConfigurationFailed: it has none, or it was erased.
    """
    with acting(WORKER):
        row = Repository.objects.filter(instance_id=instance, erased_at__isnull=True).first()
    if row is None:
        raise ConfigurationFailed("there is no repository to read")
    opened = _opened_outside(row) if row.storage_id is None else _opened(row, _storage(row.storage_id, engine)[0])
    return replace(opened, timeline=timeline_at(instance, until))


def timeline_at(instance: UUID, until: datetime | None) -> str:
    """The timeline on which a service's history reaches an instant (None: its end).

    A restore in place and its undoing each leave the timeline that was written until then, and note its number. Since
    then, one that ever ran on several machines has gone from one timeline to the next, whenever another one led; one
    that did not is still on that of its backups.
    """
    with acting(WORKER):
        moves = Operation.objects.filter(instance_id=instance, kind__in=MOVES, state=OperationState.SUCCEEDED)
        left = moves.filter(finished_at__gt=until).order_by("finished_at").first() if until else None
        if left is not None:
            return str(left.result.get("timeline") or "current")
        return "latest" if Ensemble.objects.filter(instance_id=instance).exists() else "current"


def flushed(engine: Engine, archivist: Archivist, source: UUID, until: datetime | None = None) -> contract.Repository:
    """The repository to restore from; a source that runs and keeps a history first puts there what it has not put there
    yet.

    Raises:
        ConfigurationFailed: it has none, or it was erased.
    """
    repository = open_repository(source, engine, until)
    if archivist.history is None:
        return repository
    of = records.load(source)
    writes = of.machine or records.last_leader(of)
    if writes is not None and of.row.desired == Desired.RUNNING:
        archivist.attach(MachineGuest(engine, writes.name), of.wanted(writes.address), repository)
    return repository


def ensure_repository(subject: Subject, engine: Engine) -> contract.Repository:
    """The instance's repository, its bucket and keys made and sealed before they are used. Safe to repeat.

    Raises:
        StorageNotReady, ConfigurationFailed.
    """
    instance = subject.row
    with acting(WORKER):
        row = Repository.objects.filter(instance=instance).first()
    if settings.OBJECT_STORAGE == "s3" and row is None:
        row = _begun_outside(instance)
    if row is not None and row.storage_id is None:
        return _opened_outside(_with_key(row))
    return _ensure_bucket(instance, row, engine)


def _begun_outside(instance: ServiceInstance) -> Repository:
    """A folder in the operator's bucket: there is nothing to make before something is put there, but a key of its own
    where the server makes keys.
    """
    place = _outside()
    with acting(WORKER):
        return Repository.objects.create(
            organization_id=instance.organization_id,
            instance=instance,
            endpoint=place.endpoint,
            bucket=place.bucket,
            folder="/".join(part for part in (place.folder, instance.label) if part),
            access_key=place.access_key,
            sealed_secret_key=b"",
            sealed_passphrase=_sealed_passphrase(instance),
            created_at=clock.now(),
            attached_at=clock.now(),
        )


def _with_key(row: Repository) -> Repository:
    """The repository, with a key that opens its folder only, if the server outside makes such keys."""
    place = _outside()
    if not place.iam or row.sealed_secret_key or not _lies_at(row, place):
        return row
    row.access_key, secret = keymaking.make(place, row.folder)
    row.sealed_secret_key = secrets.ring("master").seal(secret.encode(), _context(row.instance_id, "key"))
    with acting(WORKER):
        row.save(update_fields=["access_key", "sealed_secret_key"])
    return row


def _lies_at(row: Repository, place: Outside) -> bool:
    return (row.endpoint, row.bucket) == (place.endpoint, place.bucket)


def _ensure_bucket(instance: ServiceInstance, row: Repository | None, engine: Engine) -> contract.Repository:
    """A bucket on the site's own object storage."""
    storage = row.storage_id if row is not None else storage_of(instance.site_id)
    if storage is None:
        raise StorageNotReady("the site has no object storage")
    served, guest = _storage(storage, engine)
    binder = blueprint(served.row.blueprint).binder
    assert binder is not None, "object storage makes buckets as bindings"
    wanted = served.wanted(_address(storage))
    if row is None:
        made = binder.binding(wanted, instance.label.replace("-", "_"), secrets.new_password())
        with acting(WORKER):
            row = Repository.objects.create(
                organization_id=instance.organization_id,
                instance=instance,
                storage_id=storage,
                bucket=made.database,
                access_key=made.username,
                sealed_secret_key=secrets.ring("master").seal(made.password.encode(), _context(instance.id, "key")),
                sealed_passphrase=_sealed_passphrase(instance),
                created_at=clock.now(),
            )
    opened = _opened(row, served)
    if row.attached_at is None:
        key = Credentials(opened.access_key, opened.secret_key, opened.bucket)
        binder.grant(guest, wanted, key, BindingRole.WRITER)
        with acting(WORKER):
            Repository.objects.filter(id=row.id).update(attached_at=clock.now())
    return opened


def _sealed_passphrase(instance: ServiceInstance) -> bytes:
    phrase = secrets.new_password(48).encode()
    return secrets.ring("master").seal(phrase, _context(instance.id, "passphrase"))


def erase_repository(subject: Subject, engine: Engine) -> dict[str, object] | None:
    """Make an erased instance's backups and exports unreadable for good: their passphrases are destroyed, and the key
    to the bucket.

    Returns what the attestation says of it; None where there is no repository.
    """
    with acting(WORKER):
        row = Repository.objects.filter(instance=subject.row, erased_at__isnull=True).first()
    if row is None:
        return None
    if row.storage_id is not None:
        served, guest = _storage(row.storage_id, engine)
        binder = blueprint(served.row.blueprint).binder
        if binder is not None and row.attached_at is not None:
            binder.revoke(guest, served.wanted(_address(row.storage_id)), row.access_key)
    elif row.sealed_secret_key and (there := _outside()).iam and _lies_at(row, there):
        keymaking.destroy(there, row.folder)
    with acting(WORKER):
        Repository.objects.filter(id=row.id).update(sealed_secret_key=b"", sealed_passphrase=b"", erased_at=clock.now())
        Export.objects.filter(instance=subject.row, deleted_at__isnull=True).update(
            sealed_passphrase=b"", deleted_at=clock.now()
        )
    place = {"bucket": row.bucket, **({"folder": row.folder} if row.folder else {})}
    return {**place, "how": "the passphrases that encrypt the backups and the exports were destroyed"}


def _storage(instance: UUID, engine: Engine) -> tuple[Subject, Guest]:
    served = records.load(instance)
    if served.machine is None or served.row.state != InstanceState.READY:
        raise StorageNotReady("the site's object storage is not ready")
    return served, MachineGuest(engine, served.machine.name)


def _address(storage: UUID) -> str:
    with acting(WORKER):
        return Endpoint.objects.values_list("address", flat=True).get(instance_id=storage)


def _outside() -> Outside:
    try:
        return outside()
    except OutsideMisset as error:
        raise StorageNotReady(str(error)) from error


def _opened_outside(row: Repository) -> contract.Repository:
    """With its own key, or else the operator's of today. What lies at an endpoint that the settings no longer name
    can't be reached any more.

    Raises:
        StorageNotReady.
    """
    place = _outside()
    if not _lies_at(row, place):
        raise StorageNotReady(f"the backups lie at {row.endpoint} in {row.bucket}, which the settings no longer name")
    access_key, secret_key = place.access_key, place.secret_key
    if row.sealed_secret_key:
        sealed = bytes(row.sealed_secret_key)
        secret_key = secrets.ring("master").open(sealed, _context(row.instance_id, "key")).decode()
        access_key = row.access_key
    return contract.Repository(
        host=place.host,
        address=place.address,
        port=place.port,
        region=place.region,
        bucket=row.bucket,
        access_key=access_key,
        authority=place.authority,
        secret_key=secret_key,
        passphrase=_passphrase(row),
        folder=row.folder,
    )


def _passphrase(row: Repository) -> str:
    sealed, context = bytes(row.sealed_passphrase), _context(row.instance_id, "passphrase")
    return secrets.ring("master").open(sealed, context).decode()


def _opened(row: Repository, served: Subject) -> contract.Repository:
    ring = secrets.ring("master")
    with acting(WORKER):
        endpoint = Endpoint.objects.get(instance_id=row.storage_id)
    wanted = served.wanted(endpoint.address)
    fields = blueprint(served.row.blueprint).connection(wanted, row.access_key, row.bucket).fields
    return contract.Repository(
        host=endpoint.hostname,
        address=endpoint.address,
        port=endpoint.port,
        region=fields["region"],
        bucket=row.bucket,
        access_key=row.access_key,
        authority=authority.certificate(served.row.site_id),
        secret_key=ring.open(bytes(row.sealed_secret_key), _context(row.instance_id, "key")).decode(),
        passphrase=_passphrase(row),
    )


def _context(instance: UUID, what: str) -> str:
    return f"repository:{instance}:{what}"
