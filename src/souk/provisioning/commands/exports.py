"""A service's data in an open format: asked for, downloaded, deleted."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection

from souk.kernel import clock, events
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.parties.access import CAN_OPERATE, need
from souk.provisioning import errors
from souk.provisioning.commands.databases import usable
from souk.provisioning.commands.operations import alive, locked, wish
from souk.provisioning.models import OPEN, Export, Operation, OperationKind, Ticket
from souk.provisioning.registry import blueprint
from souk.provisioning.storage import keeps_backups

KEPT_FOR = timedelta(days=3)
MOST = 5
"""Exports of one service at a time: each may be as large as its data."""


def export_database(scope: Scope, instance: UUID, database: str) -> UUID:
    """Ask for one database as a file in an open format. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, NoExports, DatabaseMissing, TooManyExports.
    """
    with acting(scope):
        row = alive(scope, instance)
        if blueprint(row.blueprint).exporter is None or not keeps_backups(row.site_id):
            raise errors.NoExports
        usable(row, database)
        kept = Export.objects.filter(instance=row, deleted_at__isnull=True, expires_at__gt=clock.now())
        coming = Operation.objects.filter(instance=row, kind=OperationKind.EXPORT, state__in=OPEN, export__isnull=True)
        if kept.count() + coming.count() >= MOST:
            raise errors.TooManyExports(most=MOST)
        return wish(scope, row, OperationKind.EXPORT, {"database": database})


def delete_export(scope: Scope, instance: UUID, export: UUID) -> None:
    """Delete a file before it expires. Nobody can read it from now on; the storage is cleared soon.

    Raises:
        NotFound, RoleTooLow, ExportGone.
    """
    with acting(scope):
        row = locked(scope, instance)
        found = _kept(instance, export)
        found.expires_at = clock.now()
        found.save(update_fields=["expires_at"])
        with connection.cursor() as cursor:
            cursor.execute("update provisioning_convergence set next_at = now() where subject = %s", [row.id])
            cursor.execute("select pg_notify('souk_convergence', '')")
        events.record(
            "export.deleted", ("service", row.id), organization=row.organization_id, data={"export": str(export)}
        )


def ask_ticket(scope: Scope, instance: UUID, export: UUID, box: bytes) -> UUID:
    """Ask the worker to post into `box` (a one-use public key) how an export is read. Audited.

    Raises:
        NotFound, RoleTooLow, ExportGone, ExportNotReady.
    """
    with acting(scope):
        found = _kept(instance, export)
        need(scope, found.organization_id, CAN_OPERATE, grant="services")
        if found.available_at is None:
            raise errors.ExportNotReady
        asked = Ticket.objects.create(organization_id=found.organization_id, export=found, box=box)
        events.record(
            "export.downloaded", ("service", instance), organization=found.organization_id, data={"export": str(export)}
        )
        with connection.cursor() as cursor:
            cursor.execute("select pg_notify('souk_tickets', '')")
        return asked.id


def _kept(instance: UUID, export: UUID) -> Export:
    found = Export.objects.filter(id=export, instance_id=instance).first()
    if found is None:
        raise NotFound
    if found.deleted_at is not None or found.expires_at <= clock.now():
        raise errors.ExportGone
    return found
