"""Whether private networks can be had, and none is where the host has come to reach somebody else."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from django.utils.translation import gettext as _

from souk.settings.doctor.asking import rows
from souk.settings.doctor.finding import Finding, fail, ok, warn
from souk.sites import subnets
from souk.sites.queries import SiteRow, sites


def check() -> Iterator[Finding]:
    """Each site's range has room, and what was cut out of it is still nobody else's."""
    for site in sites():
        yield from _site(site)


def _site(site: SiteRow) -> Iterator[Finding]:
    subject = _("Private networks of %(site)s") % {"site": site.name}
    there = {
        str(subnet): (name, int(length))
        for name, subnet, length in rows(
            "select name, host(subnet), prefix_length from provisioning_privatenetwork"
            " where site_id = %s and deleted_at is null",
            [site.id],
        )
    }
    others = [*site.occupied, f"{site.subnet}/{site.prefix_length}"]
    touched = sorted(
        name
        for subnet, (name, length) in there.items()
        if any(_overlap(f"{subnet}/{length}", other) for other in others)
    )
    if touched:
        seen = _("the host reaches others at the addresses of these: %(names)s") % {"names": ", ".join(touched[:5])}
        yield warn(
            subject, seen, _("Services in them can't reach those others. Have the customers take other networks.")
        )
    if subnets.free(site.private_range, there, others) is None:
        seen = _("no addresses are left in %(range)s") % {"range": site.private_range}
        yield fail(subject, seen, _("Give another range by `SOUK_PRIVATE_RANGE`, and run `make run`."))
    elif not touched:
        seen = _("%(count)s, and room in %(range)s") % {"count": len(there), "range": site.private_range}
        yield ok(subject, seen)


def _overlap(one: str, other: str) -> bool:
    return ipaddress.IPv4Network(one, strict=False).overlaps(ipaddress.IPv4Network(other, strict=False))
