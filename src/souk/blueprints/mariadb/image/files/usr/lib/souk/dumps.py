"""Databases as SQL: all of them as of one instant, in an order that is the same for the same rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import users
from server import SOCKET

COMMAND = (
    *("mariadb-dump", "--no-defaults", f"--socket={SOCKET}", "--user=root", "--single-transaction", "--quick"),
    *("--skip-dump-date", "--order-by-primary", "--hex-blob", "--routines", "--triggers", "--events"),
    *("--no-tablespaces", "--no-autocommit", "--default-character-set=utf8mb4"),
    *("--max-allowed-packet=1G", "--net-buffer-length=1M"),
)
PLACES = {"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C.UTF-8"}
_BEGINS = b"-- "
_KINDS = (b"Current Database: ", b"Table structure for table ", b"Dumping data for table ", b"Dumping routines for ")
_OTHERS = (b"Dumping events for ", b"Temporary table structure for view ", b"Final view structure for view ")


def everything(deadline: float) -> list[str]:
    """The command that writes every database down."""
    return [*COMMAND, "--databases", *users.databases(deadline)]


def those_who_own(deadline: float) -> str:
    """Statements that make the users in whose name something of the databases runs; none of them can sign in."""
    there, owners = users.databases(deadline), users.owners(deadline)
    made = sorted(users.definers(deadline) & users.known(deadline))
    lines = [users.making(name) + (users.granting(name, users.OWNER, there) if name in owners else "") for name in made]
    return "\n".join([*lines, ""])


class Sums:
    """Checksums over what is written down, by database and table: equal for equal rows."""

    def __init__(self) -> None:
        self._found: dict[str, hashlib._Hash] = {}
        self._database = self._part = ""

    def through(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Give the lines on, and sum them up."""
        for line in lines:
            if line.startswith(_BEGINS):
                self._look(line[len(_BEGINS) :].rstrip(b"\n"))
            elif self._part:
                self._found.setdefault(self._part, hashlib.sha256()).update(line)
            yield line

    @property
    def tables(self) -> dict[str, str]:
        """What was summed up, hexadecimal."""
        return {name: found.hexdigest() for name, found in sorted(self._found.items())}

    def _look(self, told: bytes) -> None:
        kind = next((each for each in (*_KINDS, *_OTHERS) if told.startswith(each)), None)
        if kind is None:
            return
        name = told[len(kind) :].decode(errors="backslashreplace").strip().strip("`'")
        if kind == _KINDS[0]:
            self._database, self._part = name, ""
        elif kind in {_KINDS[1], _KINDS[2]}:
            self._part = f"{self._database}: {name}"
        else:
            what = kind.decode().split()
            self._part = f"{self._database}: " + ("programs" if what[0] == "Dumping" else f"view {name}")
