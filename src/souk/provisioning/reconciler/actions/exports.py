"""Exports: a database is written into a file in the service's repository, and the file deleted when it is over."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_noop

from souk.kernel import clock, secrets
from souk.kernel.scope import acting
from souk.provisioning import objects
from souk.provisioning.commands.exports import KEPT_FOR
from souk.provisioning.contract import Exporter, Vessel
from souk.provisioning.models import Export, OperationState
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.records import WORKER
from souk.provisioning.reconciler.repositories import ensure_repository, open_repository


def sealing(export: UUID) -> str:
    """The context that an export's passphrase is sealed in."""
    return f"export:{export}"


def export(work: Work, asked: Asked) -> None:
    """Write one database into one file, encrypted before it leaves the machine."""
    exporter = work.blueprint.exporter
    assert exporter is not None, "commands ask only services that can be exported"
    repository = ensure_repository(work.subject, work.engine)
    row = _begun(work, asked, objects.place(repository, f"exports/{asked.id.hex}"), exporter)
    passphrase = secrets.ring("master").open(bytes(row.sealed_passphrase), sealing(row.id)).decode()
    with work.step("export", 90, gettext_noop("The database is written into a file.")):
        made = exporter.export(work.guest, work.wanted, row.database, Vessel(repository, row.key, passphrase))
    with acting(WORKER):
        now = clock.now()
        Export.objects.filter(id=row.id).update(
            size=made.size, sha256=made.sha256, available_at=now, expires_at=now + KEPT_FOR
        )
        settle(work, asked, OperationState.SUCCEEDED, database=row.database, size=made.size)


def _begun(work: Work, asked: Asked, key: str, exporter: Exporter) -> Export:
    with acting(WORKER):
        identifier, now = asked.id, clock.now()
        return Export.objects.get_or_create(
            operation_id=asked.id,
            defaults={
                "id": identifier,
                "organization_id": work.subject.row.organization_id,
                "instance": work.subject.row,
                "database": asked.details["database"],
                "key": key,
                "suffix": exporter.suffix,
                "sealed_passphrase": secrets.ring("master").seal(
                    secrets.new_password(48).encode(), sealing(identifier)
                ),
                "created_at": now,
                "expires_at": now + KEPT_FOR,
            },
        )[0]


def clear(work: Work) -> None:
    """Delete the files that are over, and what attempts left that were given up.

    Raises:
        ConfigurationFailed: the storage does not answer.
    """
    over = Q(expires_at__lte=clock.now())
    given_up = Q(operation__state__in=[OperationState.FAILED, OperationState.CANCELLED])
    with acting(WORKER):
        rows = list(Export.objects.filter(over | given_up, instance=work.subject.row, deleted_at__isnull=True))
    if not rows:
        return
    repository = open_repository(work.subject.row.id, work.engine)
    for row in rows:
        objects.delete(repository, row.key)
        with acting(WORKER):
            Export.objects.filter(id=row.id).update(deleted_at=clock.now(), sealed_passphrase=b"")
