"""Rules and their values in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from souk.monitoring.alerts import rules
from souk.ui import format as values

RULES: dict[str, str | Promise] = {
    "no_answer": pgettext_lazy("rule", "The service does not answer"),
    "disk": pgettext_lazy("rule", "The disk fills up"),
    "disk_ceiling": pgettext_lazy("rule", "The disk fills up and has reached its ceiling"),
    "disk_no_room": pgettext_lazy("rule", "The disk fills up and its region has no room for more"),
    "disk_grown": pgettext_lazy("rule", "The disk has grown by itself"),
    "read_only": pgettext_lazy("rule", "The disk is full: nothing can be written"),
    "connections": pgettext_lazy("rule", "Connections run out"),
    "replication_lag": pgettext_lazy("rule", "A replica falls behind"),
    "backup_age": pgettext_lazy("rule", "The last backup is too old"),
    "proofs": pgettext_lazy("rule", "Backups fail their proof"),
    "security_updates": pgettext_lazy("rule", "Security updates are not installed"),
    "certificate": pgettext_lazy("rule", "The certificate ends soon"),
    "name_certificate": pgettext_lazy("rule", "A certificate of a name of your own is not renewed"),
    "name_certificate_soon": pgettext_lazy("rule", "A name of your own will soon have no certificate"),
    "name_strayed": pgettext_lazy("rule", "A name of your own leads to the service no more"),
    "members_down": pgettext_lazy("rule", "Members of a load balancer do not answer"),
}

UNITS: dict[str, str | Promise] = {
    "": pgettext_lazy("unit", "times in a row"),
    "%": "%",
    "s": pgettext_lazy("unit of time", "seconds"),
    "h": pgettext_lazy("unit of time", "hours"),
    "d": pgettext_lazy("unit of time", "days"),
}


def told(rule: str, value: float) -> str:
    """A rule's value or threshold with its unit."""
    match rules.unit(rule):
        case "GiB":
            return values.quantity(value, "GiB", 0)
        case "%":
            return values.quantity(value, "%", 1)
        case "":
            return values.quantity(value, str(UNITS[""]), 0)
        case "s":
            return values.duration(value)
        case "h":
            return values.quantity(value, str(UNITS["h"]), 1)
        case _:
            return values.quantity(value, str(UNITS["d"]), 1)
