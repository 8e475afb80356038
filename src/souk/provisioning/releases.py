"""Which machines are of an older image than new ones would be."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from souk.provisioning.models import Image, Machine, MachineRole


def outdated() -> QuerySet[Machine]:
    """Machines that serve and for which there is a newer image: known of both, and not the same."""
    newest = Image.objects.filter(site_id=OuterRef("site_id"), alias=OuterRef("image"))
    serving = Machine.objects.filter(deleted_at__isnull=True, role__in=[MachineRole.PRIMARY, MachineRole.MEMBER])
    return serving.exclude(fingerprint="").filter(Exists(newest.exclude(fingerprint=OuterRef("fingerprint"))))
