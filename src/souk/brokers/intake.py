"""Secrets that vendors type in: closed by the web process, opened by the worker only (decision 2's boxes, kept)."""

from __future__ import annotations

from uuid import UUID

from souk.brokers import errors
from souk.brokers.models import Broker, Intake
from souk.brokers.speaking import Way
from souk.kernel import clock, redaction, secrets
from souk.kernel.locks import lock
from souk.kernel.scope import System, acting

CONTEXT = "brokers:intake"
_WORKER = System("brokers")


def ensure() -> None:
    """Have a key pair; until then nobody can register a broker. For the worker."""
    with acting(_WORKER):
        lock("brokers-intake", UUID(int=0))
        if Intake.objects.exists():
            return
        private, public = secrets.new_box()
        sealed = secrets.ring("master").seal(private, CONTEXT)
        Intake.objects.create(public=public, sealed_private=sealed, created_at=clock.now())


def close(secret: str) -> bytes:
    """Close a secret for the worker, in the running transaction.

    Raises:
        NotReady: there is no worker yet.
    """
    known = Intake.objects.order_by("-id").first()
    if known is None:
        raise errors.NotReady
    redaction.remember(secret.encode())
    return secrets.post(secret.encode(), bytes(known.public))


def way(broker: Broker) -> Way:
    """How a broker is reached, its secret open. For the worker."""
    with acting(_WORKER):
        known = Intake.objects.order_by("-id").first()
    assert known is not None, "what was closed was closed for a key"
    private = secrets.ring("master").open(bytes(known.sealed_private), CONTEXT)
    secret = secrets.unpost(bytes(broker.closed_secret), private)
    redaction.remember(secret)
    return Way(broker.url, broker.auth, broker.username, secret.decode(), broker.authority)
