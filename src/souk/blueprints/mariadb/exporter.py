"""Exports: `mariadb-dump` in the machine writes a database as SQL, which any MariaDB reads."""

from __future__ import annotations

from dataclasses import asdict

from souk.blueprints import guests
from souk.provisioning.contract import Exported, Guest, Vessel, Wanted

_EXPORT = "/usr/lib/souk/export"
_WITHIN = 12 * 60 * 60.0


class SqlFiles:
    """Plain SQL, compressed: schema and data of one database, without the names of this service's users."""

    suffix = ".sql.gz"

    def export(self, guest: Guest, wanted: Wanted, database: str, vessel: Vessel) -> Exported:
        """Write a database, as it was at one instant, while it is used.

        Raises:
            Declined: the database is gone.
            ConfigurationFailed.
        """
        del wanted
        document = {
            "database": database,
            "key": vessel.key,
            "passphrase": vessel.passphrase,
            "repository": asdict(vessel.repository),
            "timeout": _WITHIN - 10,
        }
        done = guests.run(guest, _EXPORT, document, timeout=_WITHIN, refusals={"database": _GONE})
        return Exported(done["size"], done["sha256"])


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


_GONE = _("There is no such database any more.")
