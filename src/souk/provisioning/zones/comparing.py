"""What a zone file would change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from souk.kernel.errors import Problem
from souk.provisioning.zones import files, sets
from souk.provisioning.zones.files import Wrong
from souk.provisioning.zones.sets import APEX, RecordSetText


@dataclass(frozen=True)
class Present:
    """A set that is in the zone, and whether the platform writes it."""

    records: RecordSetText
    followed: bool


@dataclass
class Difference:
    """What a file would change: sets that come, change (as they are, as they would be) or go. `kept` are those that
    stay since the platform writes them, `servers` name servers of the file for the zone itself, which are left out,
    `made_anew` how many records the server makes by itself.
    """

    added: list[RecordSetText] = field(default_factory=list)
    changed: list[tuple[RecordSetText, RecordSetText]] = field(default_factory=list)
    removed: list[RecordSetText] = field(default_factory=list)
    kept: list[RecordSetText] = field(default_factory=list)
    servers: tuple[str, ...] = ()
    made_anew: int = 0
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.added or self.changed or self.removed)

    @property
    def shown(self) -> object:
        """What tells this difference from every other."""
        return [self.added, self.changed, self.removed]


def difference(zone: str, present: Iterable[Present], text: str, *, replace: bool) -> Difference:
    """What a file would change of what is present. Name servers of the zone itself are taken only where some are
    written already: in a file from elsewhere they are those that served it before.

    Raises:
        ZoneFileTooLong.
    """
    read, found = files.read(zone, text), Difference()
    found.wrong, found.made_anew = list(read.wrong), read.made_anew
    there = {each.records.key: each for each in present}
    wanted = {each.key: each for each in read.records}
    if (APEX, "NS") not in there and (APEX, "NS") in wanted:
        found.servers = wanted.pop((APEX, "NS")).values
    for key, records in wanted.items():
        before = there.get(key)
        if before is None:
            found.added.append(records)
        elif before.followed:
            if before.records != records:
                found.kept.append(before.records)
        elif before.records != records:
            found.changed.append((before.records, records))
    if replace:
        found.removed = [each.records for key, each in there.items() if key not in wanted and not each.followed]
    _see_beside(found, there, wanted)
    return found


def _see_beside(
    found: Difference, there: dict[tuple[str, str], Present], wanted: dict[tuple[str, str], RecordSetText]
) -> None:
    """See that what would be there can be there together."""
    gone = {each.key for each in found.removed}
    kinds: dict[str, list[str]] = {}
    for name, kind in {*there, *wanted} - gone:
        kinds.setdefault(name, []).append(kind)
    for records in found.added:
        try:
            sets.beside(records, kinds[records.name])
        except Problem as problem:
            found.wrong.append(Wrong(0, problem))
