"""An alert as a letter, in French and in Arabic below each other: nobody knows what language a colleague reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from souk.monitoring.alerts.words import RULES, told
from souk.ui import format as values

_LANGUAGES = ("fr", "ar")


def written(body: dict[str, Any]) -> tuple[str, str]:
    """Subject and text of the letter about what a delivery's body says."""
    with override(_LANGUAGES[0]):
        state = {"alert.resolved": _("Resolved"), "disk.grown": _("Notice")}.get(body["event"], _("Alert"))
        subject = f"{state}: {body['service']['name']} – {RULES[body['rule']]}"
    return " ".join(subject.split()), "\n\n— — —\n\n".join(_text(body, language) for language in _LANGUAGES)


def _text(body: dict[str, Any], language: str) -> str:
    with override(language):
        context = {
            "name": body["service"]["name"],
            "resolved": body["event"] == "alert.resolved",
            "grown": body["event"] == "disk.grown",
            "rule": RULES[body["rule"]],
            "value": told(body["rule"], body["value"]),
            "threshold": told(body["rule"], body["threshold"]),
            "since": values.instant(datetime.fromisoformat(body["since"]), "full"),
        }
        return render_to_string("monitoring/mail/alert.txt", context).strip()
