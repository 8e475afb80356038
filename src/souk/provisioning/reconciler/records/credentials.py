"""Credentials, the endpoint they are used at, and how a password is shown to who asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import connection

from souk.kernel import clock, secrets
from souk.kernel.scope import acting
from souk.kernel.transit import KmsTrouble
from souk.provisioning import balancing
from souk.provisioning.contract import BindingRole, Blueprint, Credentials, ServerCertificate
from souk.provisioning.models import (
    Binding,
    Endpoint,
)
from souk.provisioning.reconciler.records.subjects import WORKER, Subject

log = structlog.get_logger("souk.reconciler")


def ensure_credentials(subject: Subject, blueprint: Blueprint) -> Credentials:
    """The instance's first credentials, made and sealed before they are used."""
    row, binding = subject.row, subject.binding
    context = f"binding:{row.id}:default"
    if binding is not None:
        password = secrets.ring("master").open(bytes(binding.sealed_password), context).decode()
        return Credentials(binding.username, password, binding.database)
    credentials = blueprint.credentials(row.parameters, secrets.new_password())
    with acting(WORKER):
        Binding.objects.create(
            organization_id=row.organization_id,
            instance=row,
            name="default",
            username=credentials.username,
            database=credentials.database,
            sealed_password=secrets.ring("master").seal(credentials.password.encode(), context),
            created_at=clock.now(),
        )
    return credentials


def confined(subject: Subject) -> dict[str, str]:
    """The further credentials that reach one database only, former ones included: that one, by username."""
    with acting(WORKER):
        rows = Binding.objects.filter(instance=subject.row, revoked_at__isnull=True).exclude(role=BindingRole.OWNER)
        found = rows.values_list("username", "former_username", "database")
        return {name: database for *names, database in found for name in names if name}


def record_endpoint(
    subject: Subject,
    address: str,
    port: int,
    issued: ServerCertificate,
    until: datetime,
    identity: Sequence[str] | None = None,
) -> None:
    """Record where the service answers and with which certificate, made for the names that the subject has; and what
    its machine is recognized by beside that, unless nobody looked (None).
    """
    seen = {} if identity is None else {"identity": list(identity)}
    private = subject.attached.card.address if subject.attached else None
    with acting(WORKER):
        if subject.certified_private[1:] != ((private,) if private else ()):
            balancing.wake_beside(subject.row)
        Endpoint.objects.update_or_create(
            instance=subject.row,
            defaults={
                "organization_id": subject.row.organization_id,
                "hostname": subject.hostname,
                "address": address,
                "port": port,
                "certificate": issued.certificate,
                "certificate_expires_at": until,
                "names": list(subject.own_names),
                "private_hostname": subject.private_hostname if subject.attached else "",
                "private_address": private,
                "public_hostname": subject.public_hostname if subject.public_address else "",
                "public_address": subject.public_address or None,
                "told_neighbours": subject.neighbours_token,
                **seen,
            },
        )


def answer_reveals() -> int:
    """Post the passwords that were asked for into their boxes, forget stale requests; return how many were posted.

    While the key management service can't be asked, none are: who asked is told that nobody answered.
    """
    try:
        return _answer_reveals()
    except KmsTrouble as error:
        log.warning("password not shown", error=str(error))
        return 0


def _answer_reveals() -> int:
    from souk.provisioning.models import Reveal

    with acting(WORKER):
        with connection.cursor() as cursor:
            cursor.execute("delete from provisioning_reveal where created_at < now() - interval '60 seconds'")
        waiting = Reveal.objects.select_for_update(skip_locked=True, of=("self",)).filter(answer__isnull=True)
        answered = 0
        for reveal in waiting.select_related("binding"):
            binding = reveal.binding
            if binding.revoked_at is None and binding.sealed_password:
                password = secrets.ring("master").open(
                    bytes(binding.sealed_password), f"binding:{binding.instance_id}:{binding.name}"
                )
                reveal.answer = secrets.post(password, bytes(reveal.box))
                reveal.save(update_fields=["answer"])
                answered += 1
        return answered
