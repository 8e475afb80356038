"""An alert or an announcement as a letter, in French and in Arabic below each other: nobody
knows what language a colleague reads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from souk.monitoring.alerts.words import RULES, told
from souk.ui import format as values

_LANGUAGES = ("fr", "ar")


def written(body: dict[str, Any]) -> tuple[str, str]:
    """Subject and text of the letter about what a delivery's body says."""
    subject, text = _LETTERS[body["event"].partition(".")[0]]
    with override(_LANGUAGES[0]):
        about = subject(body)
    letters = []
    for language in _LANGUAGES:
        with override(language):
            letters.append(text(body))
    return " ".join(about.split()), "\n\n— — —\n\n".join(letters)


def _about_alert(body: dict[str, Any]) -> str:
    state = {"alert.resolved": _("Resolved"), "disk.grown": _("Notice")}.get(body["event"], _("Alert"))
    return f"{state}: {body['service']['name']} – {RULES[body['rule']]}"


def _alert(body: dict[str, Any]) -> str:
    return _rendered(
        "alert",
        {
            "name": body["service"]["name"],
            "resolved": body["event"] == "alert.resolved",
            "grown": body["event"] == "disk.grown",
            "rule": RULES[body["rule"]],
            "value": told(body["rule"], body["value"]),
            "threshold": told(body["rule"], body["threshold"]),
            "since": values.instant(datetime.fromisoformat(body["since"]), "full"),
        },
    )


def _about_version(body: dict[str, Any]) -> str:
    said = _("%(name)s: its version %(version)s is maintained until %(day)s")
    return said % {"name": body["service"]["name"], "version": body["version"], "day": body["ends_on"]}


def _version(body: dict[str, Any]) -> str:
    ends = datetime.combine(date.fromisoformat(body["ends_on"]), time(12), values.FISCAL_ZONE)
    return _rendered(
        "version",
        {
            "name": body["service"]["name"],
            "version": body["version"],
            "newest": body["newest"],
            "ends": values.instant(ends, "date"),
        },
    )


def _about_maintenance(body: dict[str, Any]) -> str:
    opens = values.instant(datetime.fromisoformat(body["opens_at"]), "date")
    return _("%(name)s will be updated on %(day)s") % {"name": body["service"]["name"], "day": opens}


def _maintenance(body: dict[str, Any]) -> str:
    begins, ends = (datetime.fromisoformat(body[key]) for key in ("opens_at", "closes_at"))
    times = {"begins": values.instant(begins, "full"), "ends": values.instant(ends, "full")}
    return _rendered("maintenance", {"name": body["service"]["name"], **times})


def _about_forgotten(body: dict[str, Any]) -> str:
    return _("%(name)s has ended: its vendor does not answer any more") % {"name": body["service"]["name"]}


def _forgotten(body: dict[str, Any]) -> str:
    return _rendered("forgotten", {"name": body["service"]["name"], "note": body["note"]})


def _rendered(letter: str, context: dict[str, Any]) -> str:
    return render_to_string(f"monitoring/mail/{letter}.txt", context).strip()


_LETTERS: dict[str, tuple[Callable[[dict[str, Any]], str], Callable[[dict[str, Any]], str]]] = {
    "alert": (_about_alert, _alert),
    "disk": (_about_alert, _alert),
    "version": (_about_version, _version),
    "maintenance": (_about_maintenance, _maintenance),
    "service": (_about_forgotten, _forgotten),
}
"""Subject and text, by what an event's name begins with."""
