"""Images as the operator sees them: what new machines are made from, what changed in it, and who is behind."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from souk.doors.console.contents import changed
from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.provisioning.contents import ImageRow
from souk.provisioning.contents import images as every
from souk.sites.queries import sites
from souk.ui import format as values
from souk.ui.tables import Column, Table


@require_safe
@operator_page
def images(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every image with its contents, and what of them changed the last time."""
    rows = every(desk.operator)
    context = {
        "table": _table(rows),
        "changed": [(row, changed(row.changes)) for row in rows if row.changes],
    }
    return render(request, "console/operator/images.html", context)


def _table(rows: Sequence[ImageRow]) -> Table:
    names = {site.id: site.name for site in sites()}
    columns = [
        Column("alias", _("Image"), cell=lambda row: _ltr(row.alias)),
        Column("site_id", _("Site"), cell=lambda row: format_html("<bdi>{}</bdi>", names.get(row.site_id, ""))),
        Column("version", _("Version"), cell=lambda row: _ltr(row.version or "–")),
        Column("since", _("Since"), kind="when"),
        Column("packages", _("Packages"), cell=_packages),
        Column("machines", _("Machines made from it"), kind="number"),
        Column("behind", _("On an older one"), kind="number"),
    ]
    empty = _("No image has been built yet.")
    return Table(columns, rows, _("Images"), empty_icon="package", empty_text=empty)


def _packages(row: ImageRow) -> str:
    if row.packages is None:
        return _("not known")
    told = values.number(row.packages)
    if not row.changes:
        return told
    count = len(row.changes)
    return f"{told} · " + ngettext("%(count)s changed", "%(count)s changed", count) % {"count": values.number(count)}


def _ltr(text: str) -> SafeString:
    return format_html('<bdi dir="ltr" class="sk-breaks">{}</bdi>', text)
