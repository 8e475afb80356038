"""What is in the images that machines are made from: recorded when they are built, compared, and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from souk.engines.images import Change, Package, changes, told
from souk.kernel import clock
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.models import Image, ImageContents, Machine
from souk.provisioning.queries import release
from souk.provisioning.releases import outdated


@dataclass(frozen=True)
class ImageRow:
    """What new machines of a site are made from: how many packages are in it and what of them is otherwise than in the
    image before (None: that is not known), how many machines are made from it, and how many of its services are of an
    older one.
    """

    site_id: UUID
    alias: str
    fingerprint: str
    version: str
    since: datetime
    packages: int | None
    changes: Sequence[Change] | None
    machines: int
    behind: int


def record_contents(scope: Scope, alias: str, fingerprint: str, bill: Mapping[str, Any]) -> list[Change] | None:
    """Record what is in an image that the engine holds by now. Returns what is otherwise than in the image before; None
    if there was none, or this one is known already.
    """
    with acting(scope):
        known = ImageContents.objects.filter(alias=alias)
        if known.filter(fingerprint=fingerprint).exists():
            return None
        before = known.order_by("-since").first()
        ImageContents.objects.get_or_create(
            fingerprint=fingerprint, defaults={"alias": alias, "bill": dict(bill), "since": clock.now()}
        )
        return changes(told(before.bill), told(bill)) if before else None


def images(scope: Scope) -> list[ImageRow]:
    """Every image that new machines are made from, by its name."""
    with acting(scope):
        made = Machine.objects.filter(deleted_at__isnull=True).exclude(fingerprint="")
        counts = dict(made.values_list("fingerprint").annotate(Count("id")))
        behind = dict(outdated().values_list("image").annotate(Count("id")))
        return [
            _row(image, counts.get(image.fingerprint, 0), behind.get(image.alias, 0))
            for image in Image.objects.order_by("alias", "site_id")
        ]


def _row(image: Image, machines: int, behind: int) -> ImageRow:
    known = ImageContents.objects.filter(alias=image.alias)
    here = known.filter(fingerprint=image.fingerprint).first()
    before = known.filter(since__lt=here.since).order_by("-since").first() if here else None
    return ImageRow(
        site_id=image.site_id,
        alias=image.alias,
        fingerprint=image.fingerprint,
        version=image.version,
        since=image.since,
        packages=len(told(here.bill)) if here else None,
        changes=changes(told(before.bill), told(here.bill)) if here and before else None,
        machines=machines,
        behind=behind,
    )


def materials(scope: Scope, instance: UUID) -> dict[str, Any]:
    """The bill of materials of the image that a service runs from.

    Raises:
        NotFound, ContentsUnknown.
    """
    return _bill(scope, release(scope, instance).image)


def brought(scope: Scope, instance: UUID) -> list[Change] | None:
    """What an update would change in a service's machine; None if that is not known, or there is none.

    Raises:
        NotFound.
    """
    found = release(scope, instance)
    return between(scope, found.image, found.newest_image) if found.available else None


def between(scope: Scope, before: str, after: str) -> list[Change] | None:
    """What one image has otherwise than another, by their fingerprints; None if that is not known."""
    try:
        return changes(_packages(scope, before), _packages(scope, after))
    except errors.ContentsUnknown:
        return None


def is_known(scope: Scope, fingerprint: str) -> bool:
    """Whether an image's contents were recorded."""
    with acting(scope):
        return ImageContents.objects.filter(fingerprint=fingerprint).exists()


def _packages(scope: Scope, fingerprint: str) -> list[Package]:
    return told(_bill(scope, fingerprint))


def _bill(scope: Scope, fingerprint: str) -> dict[str, Any]:
    with acting(scope):
        found = ImageContents.objects.filter(fingerprint=fingerprint).first()
    if found is None:
        raise errors.ContentsUnknown
    bill: dict[str, Any] = found.bill
    return bill
