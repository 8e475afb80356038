"""A machine that followed another one, and is to lead."""

from __future__ import annotations

import os
import re

from guest import DATA, SERVICE
from machine import Failure, systemctl

SIGNAL = DATA + "/standby.signal"
# A customer may have made the role before and given it something: then it can't go, but it is good for nothing.
NOBODY_FOLLOWS = """
SELECT 'ALTER ROLE souk_successor NOLOGIN NOREPLICATION PASSWORD NULL'
FROM pg_roles WHERE rolname = 'souk_successor' \\gexec
SELECT 'DROP ROLE souk_successor' FROM pg_roles WHERE rolname = 'souk_successor' AND NOT EXISTS
    (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = pg_roles.oid) \\gexec
"""

_SEGMENT = re.compile(r"[0-9A-F]{24}\.done")


def take_over(deadline: float) -> bool:
    """Be a server of its own from the next start, if this one followed another: the same history goes on, on the same
    timeline, so that one instant after another can be restored. Returns whether it followed.

    Whoever calls this knows that the other one has ended for good, and that all it wrote is here. The signal goes last.
    """
    if not os.path.exists(SIGNAL):
        return False
    if systemctl("stop", SERVICE, deadline=deadline) != 0:
        raise Failure("PostgreSQL does not stop")
    _keep_again()
    with open(DATA + "/postgresql.auto.conf", "w", encoding="utf-8") as file:
        os.fsync(file.fileno())
    os.unlink(SIGNAL)
    os.sync()
    return True


def _keep_again() -> None:
    """What the one before wrote last it may not have kept in the repository any more; the same twice is no harm."""
    statuses = DATA + "/pg_wal/archive_status"
    for name in os.listdir(statuses):
        if _SEGMENT.fullmatch(name) and os.path.exists(f"{DATA}/pg_wal/{name.removesuffix('.done')}"):
            os.rename(f"{statuses}/{name}", f"{statuses}/{name.removesuffix('.done')}.ready")
