"""Whether the names of services resolve, and none lives on after its service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from souk.settings.doctor.asking import rows
from souk.settings.doctor.finding import Finding, fail, ok, warn
from souk.settings.first_sale.resolver import Unanswered, resolve
from souk.sites.names import Names


def check(folder: Path, gateway: str) -> Iterator[Finding]:
    """The name server at `gateway` answers, with the addresses that the services of today have."""
    subject = _("Names")
    published = Names(folder).published() if folder.is_dir() else set()
    wanted = {
        hostname: str(address)
        for hostname, address in rows(
            "select e.hostname, host(e.address) from provisioning_endpoint e"
            " join provisioning_serviceinstance i on i.id = e.instance_id "
            " where i.desired not in ('soft_deleted', 'deleted')"
            " union all select e.private_hostname, host(e.private_address) from provisioning_endpoint e"
            " join provisioning_serviceinstance i on i.id = e.instance_id"
            " where i.desired not in ('soft_deleted', 'deleted') and e.private_hostname <> ''"
        )
    }
    if stale := sorted(published - _known()):
        seen = _("%(count)s names have no service any more: %(names)s") % {
            "count": len(stale),
            "names": ", ".join(stale[:3]),
        }
        yield warn(subject, seen, _("Delete those files in %(folder)s.") % {"folder": folder})
    if missing := sorted(set(wanted) - published):
        seen = _("%(names)s do not resolve") % {"names": ", ".join(missing[:3])}
        yield fail(subject, seen, _("Restart these services, which publishes their names again."))
    asked = min(set(wanted) & published, default="localhost.invalid")
    try:
        address = resolve(asked, gateway, timeout=1.0)
    except Unanswered:
        seen = _("the name server at %(gateway)s does not answer") % {"gateway": gateway}
        yield fail(subject, seen, _("Run `make run`, which starts the bridge again."))
        return
    if asked in wanted and wanted[asked] != address:
        yield fail(subject, _("%(name)s does not resolve to its address") % {"name": asked}, _("Run `make run`."))
    elif not stale and not missing:
        seen = _("%(count)s published, the server at %(gateway)s answers")
        yield ok(subject, seen % {"count": len(published), "gateway": gateway})


def _known() -> set[str]:
    """The names of all services that are there, whether they answer already or not."""
    return {
        row[0]
        for row in rows(
            "select unnest(array[i.label || '.' || s.domain, i.label || '.private.' || s.domain])"
            " from provisioning_serviceinstance i join sites_site s on s.id = i.site_id where i.deleted_at is null"
        )
    }
