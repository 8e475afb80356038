"""What the worker posted into an asker's box is taken out once."""

from __future__ import annotations

from uuid import UUID

from souk.kernel.scope import Scope, acting
from souk.provisioning.models import Reveal, Ticket


def take_reveal(scope: Scope, reveal: UUID) -> bytes | None:
    """The answer to a reveal, removed as it is read; None while the worker hasn't posted it."""
    return _taken(scope, Reveal, reveal)


def take_ticket(scope: Scope, ticket: UUID) -> bytes | None:
    """The answer to who asked for an export's ticket, likewise."""
    return _taken(scope, Ticket, ticket)


def _taken(scope: Scope, asked: type[Reveal] | type[Ticket], identifier: UUID) -> bytes | None:
    with acting(scope):
        row = asked._default_manager.filter(id=identifier, answer__isnull=False).first()
        if row is None or row.answer is None:
            return None
        answer = bytes(row.answer)
        row.delete()
        return answer
