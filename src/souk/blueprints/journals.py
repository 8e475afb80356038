"""A machine's journal, part by part. Its root may have put anything there, or in the place of what reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from souk.provisioning.contract import ConfigurationFailed, Guest, LogLine, LogPart, Severity

Describe = Callable[[Mapping[str, Any], str], tuple[Severity, str]]
"""What a line of the log says, from its entry in the journal and that entry's message."""

LONGEST_CURSOR = 1024
_REQUEST = re.compile(r"([1-5])\d\d \d+ms ")
_ERROR, _WARNING = 3, 4
"""syslog's priorities."""

_MOST_LINES = 5_000
_WITHIN = 10.0
# A line that is cut off by `head` is read again the next time.
_READ = """
after="$1"; lines="$2"; most="$3"; shift 3
journalctl "$@" --output=json --all --quiet --no-pager --lines=+"$lines" ${after:+--after-cursor="$after"} |
    head -c "$most"
"""


def gravity(entry: Mapping[str, Any]) -> Severity:
    """With which gravity an entry was written, if it says so."""
    priority = str(entry.get("PRIORITY") or "")
    level = int(priority) if priority.isdecimal() and len(priority) == 1 else _WARNING + 1
    return Severity.ERROR if level <= _ERROR else Severity.WARNING if level == _WARNING else Severity.INFO


def answered(text: str) -> Severity | None:
    """How grave the answer to a request is, of which a line begins with its status; nothing of any other line."""
    found = _REQUEST.match(text)
    return {"5": Severity.ERROR, "4": Severity.WARNING}.get(found[1], Severity.INFO) if found else None


def read(guest: Guest, wanted: Sequence[str], after: str, most: int, describe: Describe) -> LogPart:
    """What was written after a cursor, oldest first, about `most` bytes with all that the journal adds. `wanted` are
    what journalctl is told beside that.

    Raises:
        ConfigurationFailed: the journal can't be read, or makes no sense.
    """
    command = ["sh", "-c", _READ, "read", after, str(_MOST_LINES), str(most), *wanted]
    done = guest.execute(command, timeout=_WITHIN)
    if done.exit_code or (done.stderr.strip() and not done.stdout):
        raise ConfigurationFailed(done.stderr.strip()[:200] or "the journal does not answer")
    try:
        entries = list(_entries(done.stdout))
        cursor = str(entries[-1]["__CURSOR"]) if entries else after
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        return LogPart([_line(entry, describe) for entry in entries], cursor)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise ConfigurationFailed("what the journal says makes no sense") from None


def _entries(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):
            yield msgspec.json.decode(line, type=dict[str, Any])


def _line(entry: Mapping[str, Any], describe: Describe) -> LogLine:
    message = entry.get("MESSAGE") or ""
    # What is no UTF-8 comes as a list of bytes.
    text = bytes(message).decode(errors="replace") if isinstance(message, list) else str(message)
    at = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1_000_000, UTC)
    severity, said = describe(entry, text)
    return LogLine(at, severity, said.replace("\0", "\ufffd"))
