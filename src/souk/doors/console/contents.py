"""What a service runs on, package by package: its bill of materials, and what an update would change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.engines.images import Change
from souk.kernel.scope import Scope
from souk.provisioning import contents, queries
from souk.ui.tables import Column, Table


@require_safe
@member_page
def materials(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:  # noqa: ARG001
    """The bill of materials, for whoever keeps such books."""
    found, row = contents.materials(desk.scope, service), queries.service(desk.scope, service)
    response = HttpResponse(json.dumps(found, indent=1), content_type="application/vnd.cyclonedx+json")
    response["Content-Disposition"] = content_disposition_header(True, f"{row.name}.cdx.json")
    return response


def brought(scope: Scope, release: queries.ReleaseRow) -> Table | None:
    """The packages that an update changes, if there is one and that is known."""
    found = contents.between(scope, release.image, release.newest_image) if release.available else None
    return changed(found) if found else None


def changed(changes: Sequence[Change]) -> Table:
    """Packages that are others than before."""
    columns = [
        Column("name", _("Package"), cell=lambda row: _ltr(row.name)),
        Column("before", _("Before"), cell=lambda row: _ltr(row.before)),
        Column("after", _("Now"), cell=lambda row: _ltr(row.after)),
    ]
    return Table(columns, changes, _("Changed packages"))


def _ltr(text: str) -> str:
    return format_html('<bdi dir="ltr" class="sk-breaks">{}</bdi>', text or "–")
