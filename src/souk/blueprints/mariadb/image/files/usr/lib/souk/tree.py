"""What is backed up of the databases: all of them as SQL, as of one instant, which never lies on the disk."""

from __future__ import annotations

import contextlib
import json
import os

from repository import FOLDER, KIND, OF, change

FILE = "/databases.sql"
"""What it is called in the repository."""

SUMS = FOLDER + "/sums.json"
DUMP = "/usr/lib/souk/dump"


def back_up(tag: str, of: str, kind: str, *, whole: bool = False) -> dict[str, str]:
    """Write the databases down in the repository, each block once. All of them is read, whatever the kind. Returns
    checksums by table.
    """
    del whole
    with contextlib.suppress(FileNotFoundError):
        os.unlink(SUMS)
    change(
        *("backup", "--host", "souk", "--group-by", "host", "--quiet"),
        *(word for each in (tag, KIND + kind, OF + of) for word in ("--tag", each)),
        *("--stdin-filename", FILE, "--stdin-from-command", "--", DUMP, SUMS),
    )
    with open(SUMS, encoding="utf-8") as file:
        found: dict[str, str] = json.load(file)
    return found
