"""Incidents in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

CAUSES: dict[str, str | Promise] = {
    "machine_ended": pgettext_lazy("incident", "Its machine ended"),
    "process_ended": pgettext_lazy("incident", "Its process ended"),
    "no_answer": pgettext_lazy("incident", "It did not answer"),
    "lost": pgettext_lazy("incident", "Its machine is lost"),
    "proof_failed": pgettext_lazy("incident", "Its backup failed a proof"),
}

STEPS: dict[str, str | Promise] = {
    **CAUSES,
    "machine_started": pgettext_lazy("incident", "Its machine was started again"),
    "process_started": pgettext_lazy("incident", "Its process was started again"),
    "configured": pgettext_lazy("incident", "It was configured again"),
    "answered": pgettext_lazy("incident", "It answers"),
    "no_longer_wanted": pgettext_lazy("incident", "It was stopped, as asked for"),
}
