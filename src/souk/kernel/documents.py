"""Files that must not change, kept with their digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.models import Document
from souk.kernel.scope import Scope, acting


@dataclass(frozen=True)
class StoredDocument:
    """A file's name, media type and bytes."""

    name: str
    media_type: str
    content: bytes


def store(organization: UUID | None, kind: str, name: str, media_type: str, content: bytes) -> UUID:
    """Keep a file for good and return its id."""
    return Document.objects.create(
        organization_id=organization,
        kind=kind,
        name=name,
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).digest(),
        created_at=clock.now(),
    ).id


def fetch(scope: Scope, document: UUID) -> StoredDocument:
    """A file that `scope` may see.

    Raises:
        NotFound: there is none, or it belongs to somebody else.
    """
    with acting(scope):
        row = Document.objects.filter(id=document).first()
    if row is None:
        raise NotFound
    return StoredDocument(row.name, row.media_type, bytes(row.content))
