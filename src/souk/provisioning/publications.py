"""What services show the world, as it was told last: noted by workers, after each change and once a minute."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from souk.kernel import clock
from souk.provisioning.contract import Published
from souk.provisioning.models import Publication


def note(instance: UUID, organization: UUID, found: Published) -> None:
    """Keep what was told, in the transaction that the caller has open."""
    releases = [{**asdict(each), "made_at": each.made_at.isoformat()} for each in found.releases]
    Publication.objects.update_or_create(
        instance_id=instance,
        defaults={
            "organization_id": organization,
            "at": clock.now(),
            "releases": releases,
            "staged_at": found.staged_at,
        },
    )
