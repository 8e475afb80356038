"""Where an instance's backups go: its bucket on the site's object storage, and the keys to it."""

from __future__ import annotations

from uuid import UUID

from souk.engines.contract import Engine
from souk.kernel import clock, secrets
from souk.kernel.scope import acting
from souk.provisioning import contract
from souk.provisioning.contract import Archivist, ConfigurationFailed, Credentials, Guest
from souk.provisioning.models import Desired, Endpoint, InstanceState, Repository
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.records import WORKER, Subject
from souk.provisioning.registry import blueprint
from souk.provisioning.storage import storage_of
from souk.sites import authority


class StorageNotReady(ConfigurationFailed):
    """The site's object storage doesn't answer yet."""


def is_kept(instance: UUID) -> bool:
    """Whether an instance has a repository."""
    with acting(WORKER):
        return Repository.objects.filter(instance_id=instance, erased_at__isnull=True).exists()


def open_repository(instance: UUID, engine: Engine) -> contract.Repository:
    """The repository of an instance that has one, as its archivist needs it.

    Raises:
        ConfigurationFailed: it has none, or it was erased.
    """
    with acting(WORKER):
        row = Repository.objects.filter(instance_id=instance, erased_at__isnull=True).first()
    if row is None:
        raise ConfigurationFailed("there is no repository to read")
    return _opened(row, _storage(row.storage_id, engine)[0])


def flushed(engine: Engine, archivist: Archivist, source: UUID) -> contract.Repository:
    """The repository to restore from; a source that runs first puts there what it has not put there yet.

    Raises:
        ConfigurationFailed: it has none, or it was erased.
    """
    repository = open_repository(source, engine)
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
    storage = storage_of(instance.site_id)
    if storage is None:
        raise StorageNotReady("the site has no object storage")
    served, guest = _storage(storage, engine)
    binder = blueprint(served.row.blueprint).binder
    assert binder is not None, "object storage makes buckets as bindings"
    wanted = served.wanted(_address(storage))
    with acting(WORKER):
        row = Repository.objects.filter(instance=instance).first()
        if row is None:
            made = binder.binding(wanted, instance.label.replace("-", "_"), secrets.new_password())
            ring = secrets.ring("master")
            row = Repository.objects.create(
                organization_id=instance.organization_id,
                instance=instance,
                storage_id=storage,
                bucket=made.database,
                access_key=made.username,
                sealed_secret_key=ring.seal(made.password.encode(), _context(instance.id, "key")),
                sealed_passphrase=ring.seal(secrets.new_password(48).encode(), _context(instance.id, "passphrase")),
                created_at=clock.now(),
            )
    opened = _opened(row, served)
    if row.attached_at is None:
        binder.grant(guest, wanted, Credentials(opened.access_key, opened.secret_key, opened.bucket))
        with acting(WORKER):
            Repository.objects.filter(id=row.id).update(attached_at=clock.now())
    return opened


def erase_repository(subject: Subject, engine: Engine) -> dict[str, object] | None:
    """Make an erased instance's backups unreadable for good: their passphrase is destroyed, and the key to the bucket.

    Returns what the attestation says of it; None where there is no repository.
    """
    with acting(WORKER):
        row = Repository.objects.filter(instance=subject.row, erased_at__isnull=True).first()
    if row is None:
        return None
    served, guest = _storage(row.storage_id, engine)
    binder = blueprint(served.row.blueprint).binder
    if binder is not None and row.attached_at is not None:
        binder.revoke(guest, served.wanted(_address(row.storage_id)), row.access_key)
    with acting(WORKER):
        Repository.objects.filter(id=row.id).update(sealed_secret_key=b"", sealed_passphrase=b"", erased_at=clock.now())
    return {"bucket": row.bucket, "how": "the passphrase that encrypts the backups was destroyed"}


def _storage(instance: UUID, engine: Engine) -> tuple[Subject, Guest]:
    served = records.load(instance)
    if served.machine is None or served.row.state != InstanceState.READY:
        raise StorageNotReady("the site's object storage is not ready")
    return served, MachineGuest(engine, served.machine.name)


def _address(storage: UUID) -> str:
    with acting(WORKER):
        return Endpoint.objects.values_list("address", flat=True).get(instance_id=storage)


def _opened(row: Repository, served: Subject) -> contract.Repository:
    ring = secrets.ring("master")
    with acting(WORKER):
        endpoint = Endpoint.objects.get(instance_id=row.storage_id)
        members = row.instance.members
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
        members=members,
        passphrase=ring.open(bytes(row.sealed_passphrase), _context(row.instance_id, "passphrase")).decode(),
    )


def _context(instance: UUID, what: str) -> str:
    return f"repository:{instance}:{what}"
