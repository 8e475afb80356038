"""Words for what the rooms keep as codes: categories, meters, units, roles, and days as instants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from babel import Locale
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from souk.ui import format as values
from souk.ui.format import language

Text = str | Promise

#: How a number is written.
Shown = Callable[[int], str]

#: A category's name and drawing.
CATEGORIES: dict[str, tuple[Text, str]] = {
    "databases": (_("Databases"), "database"),
    "storage": (_("Storage"), "archive"),
    "compute": (_("Machines"), "server-2"),
    "network": (_("Network"), "network"),
    "web": (_("Web"), "world"),
    "application": (_("Applications"), "box"),
    "support": (_("Support"), "lifebuoy"),
    "stacks": (_("Stacks"), "stack-2"),
    "partners": (_("Partners' services"), "plug-connected"),
}

METERS: dict[str, Text] = {
    "running": pgettext_lazy("meter", "Running"),
    "stopped": pgettext_lazy("meter", "Stopped"),
    "egress": pgettext_lazy("meter", "Sent to the Internet"),
    "stored": pgettext_lazy("meter", "Data stored"),
    "stopped_disk": pgettext_lazy("meter", "Disk while stopped"),
    "extra_disk": pgettext_lazy("meter", "Disk beyond the plan"),
    "public_address": pgettext_lazy("meter", "Public address"),
}

#: What one unit of a meter's price is.
METER_UNITS: dict[str, Text] = {
    "egress": _("GiB"),
    "stored": _("GiB per hour"),
    "stopped_disk": _("GiB per hour"),
    "extra_disk": _("GiB per hour"),
    "public_address": pgettext_lazy("meter", "hour"),
}

#: How connection fields that clients know by a code are called.
CONNECTION: dict[str, Text] = {
    "host": _("Address"),
    "port": _("Port"),
    "database": _("Database"),
    "user": _("User"),
    "sslmode": _("Encryption"),
    "reading": _("Port for reading"),
    "fingerprint": _("Fingerprint of the host key"),
    "site": _("Site"),
    "staging": _("Staging copy"),
    "git": _("Git repository"),
    "sign_in": _("Sign-in page"),
    "rest": _("REST API"),
    "key": _("Key"),
    "algorithm": _("Algorithm"),
}

UNITS: dict[str, Text] = {
    "HUR": pgettext_lazy("unit", "h"),
    "MON": pgettext_lazy("unit", "month"),
    "C62": "",
    "E62": _("GiB"),
    "GIBH": _("GiB hours"),
}

OPERATIONS: dict[str, Text] = {
    "create": pgettext_lazy("operation", "Creation"),
    "start": pgettext_lazy("operation", "Start"),
    "stop": pgettext_lazy("operation", "Stop"),
    "restart": pgettext_lazy("operation", "Restart"),
    "resize": pgettext_lazy("operation", "Change of size"),
    "grow": pgettext_lazy("operation", "Change of disk"),
    "delete": pgettext_lazy("operation", "Deletion"),
    "recover": pgettext_lazy("operation", "Recovery"),
    "grant": pgettext_lazy("operation", "New credentials"),
    "rotate": pgettext_lazy("operation", "Rotation of credentials"),
    "revoke": pgettext_lazy("operation", "Revocation of credentials"),
    "entitle": pgettext_lazy("operation", "Change of privileges"),
    "reset": pgettext_lazy("operation", "New password"),
    "configure": pgettext_lazy("operation", "Change of settings"),
    "allow": pgettext_lazy("operation", "Change of network access"),
    "create_database": pgettext_lazy("operation", "New database"),
    "drop_database": pgettext_lazy("operation", "Deletion of a database"),
    "backup": pgettext_lazy("operation", "Backup"),
    "prove": pgettext_lazy("operation", "Proof of a backup"),
    "export": pgettext_lazy("operation", "File to download"),
    "restore": pgettext_lazy("operation", "Restore"),
    "switchover": pgettext_lazy("operation", "Switchover"),
    "failover": pgettext_lazy("operation", "Failover"),
    "update": pgettext_lazy("operation", "Update"),
    "undo": pgettext_lazy("operation", "Return to the machine before"),
    "rehearse": pgettext_lazy("operation", "Upgrade tried out"),
    "upgrade": pgettext_lazy("operation", "Upgrade"),
    "suspend": pgettext_lazy("operation", "Suspension"),
    "resume": pgettext_lazy("operation", "End of the suspension"),
    "arrange_names": pgettext_lazy("operation", "How the site answers to its names"),
    "prove_name": pgettext_lazy("operation", "Check of a name"),
    "remove_name": pgettext_lazy("operation", "Removal of a name"),
    "attach": pgettext_lazy("operation", "Entry into a private network"),
    "detach": pgettext_lazy("operation", "Exit from a private network"),
    "first_boot": pgettext_lazy("operation", "First boot"),
    "snapshot": pgettext_lazy("operation", "Snapshot"),
    "roll_back": pgettext_lazy("operation", "Return to a snapshot"),
    "drop_snapshot": pgettext_lazy("operation", "Deletion of a snapshot"),
    "move": pgettext_lazy("operation", "Move to another host"),
    "give_address": pgettext_lazy("operation", "A public address given"),
    "take_address": pgettext_lazy("operation", "The public address taken away"),
    "firewall": pgettext_lazy("operation", "Change of the firewall"),
    "release": pgettext_lazy("operation", "Another release live"),
    "stage": pgettext_lazy("operation", "Staging copy"),
    "publish": pgettext_lazy("operation", "Publication of the staging copy"),
}

#: Where a release came from.
SOURCES: dict[str, Text] = {
    "first": pgettext_lazy("release", "there first"),
    "push": pgettext_lazy("release", "pushed"),
    "staging": pgettext_lazy("release", "from the staging copy"),
}

#: How far the last move of a service's machines has come.
MOVES: dict[str, Text] = {
    "queued": pgettext_lazy("move", "waits"),
    "running": pgettext_lazy("move", "under way"),
    "succeeded": pgettext_lazy("move", "done"),
    "failed": pgettext_lazy("move", "failed"),
    "cancelled": pgettext_lazy("move", "taken back"),
    "": "",
}

#: How far the machines of a service are apart.
SPREADS: dict[str, Text] = {
    "power_domains": pgettext_lazy("spread", "in power domains of their own"),
    "hosts": pgettext_lazy("spread", "on hosts of their own"),
    "together": pgettext_lazy("spread", "some on the same host"),
}

#: Why the operator suspended a service.
SUSPENSIONS: dict[str, Text] = {
    "unpaid": pgettext_lazy("suspension", "A bill was not paid"),
    "abuse": pgettext_lazy("suspension", "It was used against the rules"),
    "other": pgettext_lazy("suspension", "Another reason"),
}

#: How far what a machine was to do at its first boot is.
FIRST_BOOTS: dict[str, Text] = {
    "queued": pgettext_lazy("first boot", "Not begun yet"),
    "running": pgettext_lazy("first boot", "Under way"),
    "done": pgettext_lazy("first boot", "Done"),
    "failed": pgettext_lazy("first boot", "Ended with errors"),
    "interrupted": pgettext_lazy("first boot", "Cut short, and not begun again"),
}

DUTIES: dict[str, Text] = {
    "leads": pgettext_lazy("duty", "leads: it takes what is written"),
    "synchronous": pgettext_lazy("duty", "has all that was acknowledged"),
    "follows": pgettext_lazy("duty", "follows"),
    "": pgettext_lazy("duty", "not seen"),
}

#: What credentials are good for.
BINDING_ROLES: dict[str, Text] = {
    "owner": pgettext_lazy("credentials", "Owner"),
    "writer": pgettext_lazy("credentials", "Reads and writes"),
    "reader": pgettext_lazy("credentials", "Reads only"),
}

BACKUPS: dict[str, Text] = {
    "full": pgettext_lazy("backup", "Full"),
    "differential": pgettext_lazy("backup", "What changed"),
}

#: The parts of an upgrade that take time.
UPGRADE_PARTS: dict[str, Text] = {
    "check": pgettext_lazy("upgrade", "Check"),
    "convert": pgettext_lazy("upgrade", "Conversion"),
    "extensions": pgettext_lazy("upgrade", "Extensions raised"),
    "sort": pgettext_lazy("upgrade", "Indexes sorted anew"),
    "learn": pgettext_lazy("upgrade", "Statistics"),
}

WEEKDAYS: tuple[Text, ...] = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)

PAYMENT_METHODS: dict[str, Text] = {
    "transfer": _("Bank transfer"),
    "cheque": _("Cheque"),
    "cash": _("Cash"),
}


def category(slug: str) -> tuple[Text, str]:
    """A category's name and drawing; one that nobody described keeps its own name."""
    return CATEGORIES.get(slug, (slug.replace("-", " ").capitalize(), "package"))


def country(code: str) -> str:
    """A country's name."""
    return str(Locale(language()).territories.get(code, code))


def day(value: date | None) -> datetime | None:
    """A calendar day as an instant that every tag shows as that day: noon in the fiscal zone."""
    return None if value is None else datetime.combine(value, time(12), values.FISCAL_ZONE)


def percent(rate: Decimal) -> str:
    """A rate as `20 %`."""
    return f"{values.number((rate * 100).normalize())}\u00a0%"


def isolated(text: object) -> str:
    """Somebody's own words, so that they keep their direction inside a sentence of another one."""
    return f"\u2068{text}\u2069"


def processors(count: int) -> str:
    """A number of virtual processors."""
    return isolated(gettext("%(count)s vCPU") % {"count": values.number(count)})


def memory(count: int) -> str:
    """An amount of memory."""
    return isolated(gettext("%(size)s of memory") % {"size": ltr(values.size(count))})


def disk(count: int) -> str:
    """An amount of disk."""
    return isolated(gettext("%(size)s of disk") % {"size": ltr(values.size(count))})


def members(count: int) -> list[str]:
    """That several machines each have that size and all of the data; nothing for one."""
    if count == 1:
        return []
    return [isolated(gettext("High availability: %(count)s machines") % {"count": values.number(count)})]


def size(vcpus: int, memory: int, disk: int, members: int = 1) -> str:
    """A size on one line, or two: processors, memory, disk, and how many machines have that. What is on no machine of
    ours has none.
    """
    if not vcpus:
        return gettext("on its vendor's machines")
    parts = (gettext("%(count)s vCPU") % {"count": values.number(vcpus)}, values.size(memory), values.size(disk))
    each = format_html('<bdi dir="ltr" class="sk-num">{}</bdi>', " · ".join(parts))
    return each if members == 1 else format_html('<bdi dir="ltr">{} × {}</bdi>', values.number(members), each)


def ltr(text: str) -> str:
    """A measure, so that number and unit keep their order inside an Arabic sentence."""
    return f"\u2066{text}\u2069"
