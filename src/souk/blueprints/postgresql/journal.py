"""PostgreSQL's log, as the machine's journal keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from souk.blueprints import journals
from souk.provisioning.contract import Guest, LogPart, Severity

_OWN = ("--unit=souk-postgresql.service", "--output-fields=MESSAGE")
# PostgreSQL writes the severity behind its prefix, in English whatever the clients speak.
_SEVERITY = re.compile(r"(?:^|\s)(WARNING|ERROR|FATAL|PANIC):\s")
_SEVERITIES = {"WARNING": Severity.WARNING}


def read(guest: Guest, after: str, most: int) -> LogPart:
    """What was written after a cursor, oldest first, about `most` bytes with all that the journal adds.

    Raises:
        ConfigurationFailed: the journal can't be read.
    """
    return journals.read(guest, _OWN, after, most, _described)


def _described(entry: Mapping[str, Any], text: str) -> tuple[Severity, str]:
    del entry
    found = _SEVERITY.search(text)
    return _SEVERITIES.get(found[1], Severity.ERROR) if found else Severity.INFO, text
