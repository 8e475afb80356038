"""The ids that containers' own users are mapped to: root's lines in /etc/subuid and /etc/subgid."""

from __future__ import annotations

from pathlib import Path

from install.failure import Failure
from install.ledger import Ledger

FILES = (Path("/etc/subuid"), Path("/etc/subgid"))
FIRST = 1_000_000
COUNT = 1_000_000_000
"""Room for 15,000 machines with an id map of their own (65,536 ids each)."""

LEAST = 1_000_000


def ensure(ledger: Ledger, files: tuple[Path, ...] = FILES, uid_map: Path = Path("/proc/self/uid_map")) -> str:
    """Give root a range in each file, within the ids this host has itself. Returns a remark.

    Raises:
        Failure: the host is a container with too few ids to share.
    """
    mapped = ids_of_this_host(uid_map.read_text())
    changed = 0
    for path in files:
        before = path.read_text() if path.exists() else ""
        after = with_range_for_root(before, mapped)
        if after != before:
            remembered = ledger.get("subordinate_ids", {})
            ledger.put("subordinate_ids", {str(path): before, **remembered})
            path.write_text(after)
            changed += 1
    return f"{changed} files changed" if changed else "already there"


def ids_of_this_host(uid_map: str) -> int:
    """How many ids, from 0, this host may use: all of them, unless it is itself a container."""
    return max(int(line.split()[0]) + int(line.split()[2]) for line in uid_map.strip().splitlines())


def with_range_for_root(text: str, mapped: int) -> str:
    """`text` with a range for root that fits into `mapped` ids and meets nobody else's."""
    ranges = [line.split(":") for line in text.splitlines() if line.count(":") == 2]
    mine = [(int(start), int(count)) for owner, start, count in ranges if owner == "root"]
    if mine and all(start + count <= mapped for start, count in mine):
        return text
    others = [(int(start), int(count)) for owner, start, count in ranges if owner != "root"]
    first = max([FIRST, *(start + count for start, count in others)])
    count = min(COUNT, mapped - first)
    if count < LEAST:
        raise Failure(
            f"This host has {mapped} user ids of its own: too few to give each machine a map.",
            "If it is a container, give it ten million ids or more (security.idmap.size).",
        )
    kept = [line for line in text.splitlines() if not line.startswith("root:")]
    return "\n".join([*kept, f"root:{first}:{count}"]) + "\n"


def undo(ledger: Ledger) -> str:
    """Take back what `ensure` added, keeping whatever others have written since."""
    remembered: dict[str, str] = ledger.get("subordinate_ids", {})
    for name, before in remembered.items():
        path = Path(name)
        theirs = [line for line in path.read_text().splitlines() if not line.startswith("root:")]
        roots = [line for line in before.splitlines() if line.startswith("root:")]
        path.write_text("".join(f"{line}\n" for line in [*theirs, *roots]))
    ledger.put("subordinate_ids", None)
    return f"{len(remembered)} files put back"
