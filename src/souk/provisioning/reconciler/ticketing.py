"""Telling who may download an export how: the web process holds neither the storage's keys nor the passphrase."""

from __future__ import annotations

import msgspec
import structlog
from django.db import connection

from souk.engines.contract import Engine
from souk.kernel import clock, secrets
from souk.kernel.scope import acting
from souk.kernel.transit import KmsTrouble
from souk.provisioning import objects
from souk.provisioning.contract import ConfigurationFailed
from souk.provisioning.exports import Opening
from souk.provisioning.models import Ticket
from souk.provisioning.reconciler.actions.exports import sealing
from souk.provisioning.reconciler.records import WORKER
from souk.provisioning.reconciler.repositories import open_repository

log = structlog.get_logger("souk.reconciler")


def answer(engine: Engine) -> int:
    """Post the tickets that were asked for, forget stale requests; return how many were posted.

    While the key management service or the storage can't be asked, who asked is told that nobody answered.
    """
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute("delete from provisioning_ticket where created_at < now() - interval '60 seconds'")
    answered = 0
    with acting(WORKER):
        waiting = Ticket.objects.select_for_update(skip_locked=True, of=("self",)).filter(answer__isnull=True)
        for row in waiting.select_related("export"):
            try:
                opening = _opening(row, engine)
            except (KmsTrouble, ConfigurationFailed) as error:
                log.warning("export not shown", export=str(row.export_id), error=str(error)[:200])
                continue
            if opening is not None:
                row.answer = secrets.post(msgspec.json.encode(opening), bytes(row.box))
                row.save(update_fields=["answer"])
                answered += 1
    return answered


def _opening(row: Ticket, engine: Engine) -> Opening | None:
    export = row.export
    if export.deleted_at is not None or export.expires_at <= clock.now() or export.available_at is None:
        return None
    passphrase = secrets.ring("master").open(bytes(export.sealed_passphrase), sealing(export.id)).decode()
    return Opening(objects.ticket(open_repository(export.instance_id, engine), export.key), passphrase)
