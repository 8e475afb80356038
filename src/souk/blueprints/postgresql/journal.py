"""PostgreSQL's log, as the machine's journal keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from souk.provisioning.contract import ConfigurationFailed, Guest, LogLine, LogPart, Severity

_MOST_LINES = 5_000
# A line that is cut off by `head` is read again the next time.
_READ = """
journalctl --unit=souk-postgresql.service --output=json --output-fields=MESSAGE --all --quiet --no-pager \
    --lines=+"$2" ${1:+--after-cursor="$1"} | head -c "$3"
"""
# PostgreSQL writes the severity behind its prefix, in English whatever the clients speak.
_SEVERITY = re.compile(r"(?:^|\s)(WARNING|ERROR|FATAL|PANIC):\s")
_SEVERITIES = {"WARNING": Severity.WARNING}


def read(guest: Guest, after: str, most: int) -> LogPart:
    """What was written after a cursor, oldest first, about `most` bytes with all that the journal adds.

    Raises:
        ConfigurationFailed: the journal can't be read.
    """
    done = guest.execute(["sh", "-c", _READ, "read", after, str(_MOST_LINES), str(most)], timeout=10)
    if done.exit_code or (done.stderr.strip() and not done.stdout):
        raise ConfigurationFailed(done.stderr.strip()[:200] or "the journal does not answer")
    entries = list(_entries(done.stdout))
    return LogPart([_line(entry) for entry in entries], entries[-1]["__CURSOR"] if entries else after)


def _entries(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):
            yield msgspec.json.decode(line)


def _line(entry: dict[str, Any]) -> LogLine:
    message = entry.get("MESSAGE") or ""
    # What is no UTF-8 comes as a list of bytes.
    text = bytes(message).decode(errors="replace") if isinstance(message, list) else str(message)
    found = _SEVERITY.search(text)
    severity = _SEVERITIES.get(found[1], Severity.ERROR) if found else Severity.INFO
    at = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1_000_000, UTC)
    return LogLine(at, severity, text.replace("\0", "\ufffd"))
