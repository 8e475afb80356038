"""What of a broker's own words is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

LONGEST = 500


def dashboard(body: Mapping[str, Any]) -> dict[str, str]:
    """The address of a service's own page at its vendor, if that is one a customer may be led to."""
    url = body.get("dashboard_url")
    if not isinstance(url, str) or len(url) > LONGEST or not url.isprintable() or " " in url:
        return {}
    try:
        parts = urlsplit(url)
    except ValueError:
        return {}
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or parts.password is not None:
        return {}
    return {"dashboard_url": url}


def told(sentence: str, words: str) -> str:
    """Why a broker did not do something: in its own words, where it has any; else ours (a message id)."""
    return words if words and not words.startswith("HTTP ") else sentence
