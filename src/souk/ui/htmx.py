"""Answers to htmx: a toast beside whatever else comes back."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.utils.functional import Promise


def toast(response: HttpResponse, text: str | Promise, tone: str = "ok") -> HttpResponse:
    """Have the page show `text` when this answer arrives; tones ok, info, warn, bad."""
    events = json.loads(response.get("HX-Trigger") or "{}")
    events["souk:toast"] = {"text": str(text), "tone": tone}
    response["HX-Trigger"] = json.dumps(events)
    return response
