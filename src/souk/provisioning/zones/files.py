"""Zone files (RFC 1035): written of what is in a zone, and read with all that is wrong told by its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from souk.kernel.errors import Problem
from souk.provisioning import errors
from souk.provisioning.zones import sets
from souk.provisioning.zones.sets import APEX, KINDS, USUAL_TTL, RecordSetText

MOST_LINES = 10_000
MOST_BYTES = 4 * 1024**2
MOST_TOLD = 50
"""What is wrong is told of so many lines."""

_MADE_ANEW = frozenset({"SOA", "RRSIG", "DNSKEY", "NSEC", "NSEC3", "NSEC3PARAM", "CDS", "CDNSKEY"})
"""Kinds that the server makes by itself."""

_CLASSES = frozenset({"IN", "CH", "HS", "CS"})
_TTL = re.compile(r"(\d+[wdhms]?)+", re.IGNORECASE)
_SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


@dataclass(frozen=True)
class Wrong:
    """What is wrong in a line, as a problem whose sentence says so."""

    line: int
    problem: Problem


@dataclass
class Read:
    """What a file holds: sets of records; what is wrong in it; and whether some were left out, since the server makes
    them by itself (`made_anew`).
    """

    records: list[RecordSetText] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    made_anew: int = 0


def written(zone: str, records: Iterable[RecordSetText]) -> str:
    """A file that says the same anywhere: sets in order, each value on a line of its own."""
    lines = [f"$ORIGIN {zone}.", f"$TTL {USUAL_TTL}"]
    lines += [
        f"{each.name} {each.ttl} IN {each.kind} {value}"
        for each in sorted(records, key=lambda one: (one.name != APEX, one.name, one.kind))
        for value in each.values
    ]
    return "\n".join(lines) + "\n"


def read(zone: str, text: str) -> Read:
    """What a file says of a zone. A line that is wrong keeps none of the others from being read.

    Raises:
        ZoneFileTooLong.
    """
    if len(text.encode(errors="replace")) > MOST_BYTES or text.count("\n") > MOST_LINES:
        raise errors.ZoneFileTooLong(lines=MOST_LINES, mebibytes=MOST_BYTES // 1024**2)
    return _Reader(zone).read(text)


class _Reader:
    def __init__(self, zone: str) -> None:
        self._zone = self._origin = zone
        self._ttl: int | None = None
        self._owner = ""
        self._found: dict[tuple[str, str], tuple[int, list[str], int]] = {}
        self._result = Read()

    def read(self, text: str) -> Read:
        for number, words in _lines(text):
            try:
                self._line(number, words)
            except Problem as problem:
                self._tell(number, problem)
        self._gather()
        return self._result

    def _tell(self, number: int, problem: Problem) -> None:
        if len(self._result.wrong) < MOST_TOLD:
            self._result.wrong.append(Wrong(number, problem))

    def _line(self, number: int, words: list[str]) -> None:
        first = words[0].upper()
        if first == "$ORIGIN" and len(words) > 1:
            self._origin = self._in_full(words[1])
        elif first == "$TTL" and len(words) > 1:
            self._ttl = _seconds(words[1])
        elif first.startswith("$"):
            raise errors.DirectiveRefused(given=words[0][:20])
        else:
            self._record(number, words)

    def _record(self, number: int, words: list[str]) -> None:
        """Owner, time and class may each be missing; time and class come in either order."""
        if words[0]:
            self._owner = self._in_full(words[0])
        rest, ttl = words[1:], self._ttl
        while rest and (rest[0].upper() in _CLASSES or _TTL.fullmatch(rest[0])):
            word = rest.pop(0)
            if word.upper() not in _CLASSES:
                ttl = _seconds(word)
            elif word.upper() != "IN":
                raise errors.ClassRefused(given=word)
        if not rest or not self._owner:
            raise errors.LineNotUnderstood(given=" ".join(words)[:60])
        kind = rest.pop(0).upper()
        if kind in _MADE_ANEW:
            self._result.made_anew += 1
            return
        if kind not in KINDS:
            raise errors.UnknownRecordKind(given=kind[:20], kinds=", ".join(KINDS))
        name = sets.relative(self._zone, self._owner + ".")
        value = sets.rdata(self._zone, kind, " ".join(rest), self._origin)
        ttl = USUAL_TTL if ttl is None else ttl
        shortest, values, line = self._found.get((name, kind), (ttl, [], number))
        self._found[name, kind] = (min(shortest, ttl), [*values, value] if value not in values else values, line)

    def _in_full(self, given: str) -> str:
        if given == APEX:
            return self._origin
        name = sets.encoded(given.rstrip("."))
        return name if given.endswith(".") else f"{name}.{self._origin}"

    def _gather(self) -> None:
        """Sets of what was found, if they can be beside each other. Of times that differ the shortest holds: others
        keep a set as a whole (RFC 2181).
        """
        kinds: dict[str, list[str]] = {}
        for name, kind in self._found:
            kinds.setdefault(name, []).append(kind)
        for (name, kind), (ttl, values, line) in self._found.items():
            held = min(max(ttl, sets.SHORTEST), sets.LONGEST)
            try:
                records = sets.whole(RecordSetText(name, kind, held, tuple(values)))
                sets.beside(records, kinds[name])
            except Problem as problem:
                self._tell(line, problem)
            else:
                self._result.records.append(records)
        self._result.records.sort()
        self._result.wrong.sort(key=lambda each: each.line)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each entry with the number of the line that it begins in, as words; the first is empty where a line begins with
    white space. Parentheses carry an entry over lines, quotes keep words together, and `;` begins a comment.
    """
    words: list[str] = []
    began, depth = 0, 0
    for number, line in enumerate(text.splitlines(), 1):
        found, opened = _words(line)
        if depth == 0:
            if not found and opened <= 0:
                continue
            began = number
            words = [""] if line[:1] in " \t" else []
        words.extend(found)
        depth = max(0, depth + opened)
        if depth == 0 and any(words):
            yield began, words
            words = []
    if any(words):
        yield began, words


_WORD = re.compile(r'"(?:[^"\\]|\\.)*"?|;.*|[()]|(?:[^\s"();\\]|\\.)+|\S')


def _words(line: str) -> tuple[list[str], int]:
    """A line's words, and how many parentheses it opens more than it closes."""
    found: list[str] = []
    opened = 0
    for word in _WORD.findall(line):
        if word.startswith(";"):
            break
        if word in "()":
            opened += 1 if word == "(" else -1
        else:
            found.append(word)
    return found, opened


def _seconds(given: str) -> int:
    if not _TTL.fullmatch(given):
        raise errors.TtlOutOfBounds(least=sets.SHORTEST, most=sets.LONGEST)
    parts = re.findall(r"(\d+)([wdhms]?)", given.lower())
    return min(sum(int(count[:12]) * _SECONDS[unit or "s"] for count, unit in parts), 2**31 - 1)


def served(zone: str, records: Sequence[RecordSetText], server: str) -> str:
    """The text that a server is told: with a start of authority, and itself as the zone's name server unless others
    are named. The serial is the server's to make.
    """
    named = next((each.values[0] for each in records if each.key == (APEX, "NS")), f"{server}.")
    start = f"{zone}. {USUAL_TTL} IN SOA {named} hostmaster.{zone}. 1 3600 900 1209600 300\n"
    own = "" if any(each.key == (APEX, "NS") for each in records) else f"{zone}. {USUAL_TTL} IN NS {server}.\n"
    return start + own + written(zone, records)
