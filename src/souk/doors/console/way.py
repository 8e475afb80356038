"""The way that leads to a page, for the line above its heading."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from souk.provisioning.queries import ServiceRow
from souk.ui.parts import Crumb


def to_service(row: ServiceRow) -> list[Crumb]:
    """To a service's page; the pages about it go on from there."""
    return [Crumb(_("Services"), reverse("services")), Crumb(row.name, reverse("service", args=[row.id]))]
