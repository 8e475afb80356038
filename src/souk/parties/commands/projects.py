"""Projects: what an organization keeps its services in."""

from __future__ import annotations

import secrets as random
from uuid import UUID

from django.utils.text import slugify

from souk.kernel import clock, events
from souk.kernel.scope import Scope, acting
from souk.parties.access import CAN_ADMINISTER, need
from souk.parties.models import (
    Project,
)


def ensure_project(scope: Scope, organization: UUID, slug: str, name: str) -> UUID:
    """The organization's project with this slug, made if it isn't there: for what the platform itself runs."""
    with acting(scope):
        project, _ = Project.objects.get_or_create(
            organization_id=organization, slug=slug, defaults={"name": name, "created_at": clock.now()}
        )
        return project.id


def create_project(scope: Scope, organization: UUID, name: str) -> UUID:
    """A new project; its slug comes from the name and is made unique."""
    need(scope, organization, CAN_ADMINISTER, grant="organization")
    with acting(scope):
        base = slugify(name)[:32] or "projet"
        slug = base
        while Project.objects.filter(organization_id=organization, slug=slug).exists():
            slug = f"{base}-{random.token_hex(2)}"
        project = Project.objects.create(
            organization_id=organization, name=name.strip()[:80], slug=slug, created_at=clock.now()
        )
        events.record("project.created", ("project", project.id), organization=organization)
        return project.id
