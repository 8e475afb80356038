"""Backups: pgBackRest in the machine keeps a service's data and history in its repository."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from souk.blueprints import guests
from souk.blueprints.postgresql import programs, sizing
from souk.blueprints.postgresql.binder import GRANT, OWNER
from souk.provisioning.contract import (
    BackupFound,
    BackupKind,
    Extent,
    Fingerprint,
    Guest,
    Repository,
    Timelines,
    Wanted,
)

_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_MARGIN = 10.0
"""Seconds that a program in the machine has to answer after its own limit."""

_ATTACH, _BACKUPS, _RESTORE, _FINGERPRINT, _MARK, _TIMELINE = (
    f"/usr/lib/souk/{program}" for program in ("attach", "backups", "restore", "fingerprint", "mark", "timeline")
)
READ_WHOLE = 10 * sizing.GIB
"""Databases up to so many bytes are read to the last row for a proof, of larger ones about as much."""

_TYPES = {BackupKind.FULL: "full", BackupKind.DIFFERENTIAL: "diff"}


class PgBackRest:
    """Data pages and write-ahead log, compressed and encrypted in the machine, in the service's own bucket."""

    replaces_system = False

    @property
    def history(self) -> Timelines:
        """The write-ahead log."""
        return self

    def attach(self, guest: Guest, wanted: Wanted, repository: Repository) -> None:
        """Archive from now on; when it returns, all that was committed before is in the repository.

        Nothing restarts. Calling it again brings the repository up to date: do so before a running service's past is
        restored elsewhere.

        Raises:
            ConfigurationFailed: the repository can't be written, or does not take what PostgreSQL hands over.
        """
        _run(guest, _ATTACH, _described(wanted, repository), within=3 * _MINUTE)

    def back_up(self, guest: Guest, wanted: Wanted, kind: BackupKind, label: str) -> None:
        """Make a backup and wait for its end; a repository's first is always a full one.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _run(guest, _BACKUPS, {"do": "make", "type": _TYPES[kind], "label": label}, within=12 * _HOUR)

    def backups(self, guest: Guest, wanted: Wanted) -> Mapping[str, BackupFound]:
        """What the repository holds, by our label.

        Raises:
            ConfigurationFailed: no repository is attached, or it can't be read.
        """
        del wanted
        listed = _run(guest, _BACKUPS, {"do": "show"}, within=2 * _MINUTE)["backups"]
        found = (_found(backup) for backup in listed if backup.get("annotation", {}).get("souk"))
        return {backup.label: backup for backup in found}

    def restore(
        self, guest: Guest, wanted: Wanted, repository: Repository, until: datetime | None, mark: str = ""
    ) -> None:
        """Put a repository's data in the place of a new machine's; `configure` it after that, as ever.

        Raises:
            Declined: `until` is before the first backup, or after the last commit that was archived; the mark is not.
            ConfigurationFailed: the machine is in use, the repository can't be read or holds no backup.
        """
        moment = until.astimezone(UTC).isoformat(sep=" ") if until else None
        told = {"until": moment, "mark": mark, "timeline": repository.timeline}
        document = {**_described(wanted, repository), **told}
        _run(guest, _RESTORE, document, within=12 * _HOUR, refusals={"early": _TOO_EARLY, "late": _TOO_LATE})

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        """Let of the owner and the bindings only these sign in.

        Raises:
            Declined: the machine is older than this.
            ConfigurationFailed.
        """
        del wanted
        programs.run(guest, GRANT, {"owner": OWNER, "only": list(usernames)}, within=2 * _MINUTE)

    def mark(self, guest: Guest, wanted: Wanted, name: str, seed: int) -> Fingerprint:
        """A restore point in the history, and a copy of the data's files that is brought to it in the same machine.

        Raises:
            Declined: the machine is older than this, or its disk can't hold the copy.
            ConfigurationFailed.
        """
        del wanted
        document = {"name": name, "seed": seed, "most": READ_WHOLE}
        refusals = {"room": _NO_ROOM, "late": _NO_MARK, "early": _NO_MARK}
        return _read(programs.run(guest, _MARK, document, within=4 * _HOUR, refusals=refusals))

    def fingerprint(self, guest: Guest, wanted: Wanted, extent: Extent | None = None) -> Fingerprint:
        """Over the rows of every permanent table, materialized view and large object.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return _read(_run(guest, _FINGERPRINT, {"reading": asdict(extent) if extent else None}, within=4 * _HOUR))

    def timeline(self, guest: Guest, wanted: Wanted) -> str:
        """As PostgreSQL counts them, from 1.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return str(programs.bring(guest, _TIMELINE, {"do": "tell"}, within=_MINUTE)["timeline"])

    def begin_timeline(self, guest: Guest, wanted: Wanted) -> bool:
        """PostgreSQL starts once as a server that recovers, to the end of what lies there, and takes the next number
        that the repository does not know.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return bool(programs.bring(guest, _TIMELINE, {"do": "begin"}, within=3 * _MINUTE)["began"])

    def expire(self, guest: Guest, wanted: Wanted, keep_full: int) -> None:
        """Forget all but the newest `keep_full` full backups, with what only older ones need.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _run(guest, _BACKUPS, {"do": "forget", "keep_full": keep_full}, within=_HOUR)


def _run(
    guest: Guest,
    program: str,
    document: Mapping[str, Any],
    *,
    within: float,
    refusals: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    told = {**document, "timeout": within - _MARGIN}
    return guests.run(guest, program, told, timeout=within, refusals=refusals)


def _described(wanted: Wanted, repository: Repository) -> dict[str, Any]:
    """What the machine must know of a repository, and how much of itself it may spend on it."""
    return {
        "repository": {
            "host": repository.host,
            "address": repository.address,
            "port": repository.port,
            "region": repository.region,
            "bucket": repository.bucket,
            "folder": repository.folder,
            "access_key": repository.access_key,
            "secret_key": repository.secret_key,
            "passphrase": repository.passphrase,
            "authority": repository.authority,
        },
        "processes": min(2, wanted.size.vcpus),
        "most_waiting": sizing.most_waiting(wanted.size),
    }


def _read(answer: Mapping[str, Any]) -> Fingerprint:
    return Fingerprint(answer["tables"], Extent(**answer["reading"]))


def _found(backup: Mapping[str, Any]) -> BackupFound:
    """A backup from pgBackRest's listing."""
    times, sizes = backup["timestamp"], backup["info"]
    return BackupFound(
        label=backup["annotation"]["souk"],
        kind=BackupKind.FULL if backup["type"] == "full" else BackupKind.DIFFERENTIAL,
        started_at=datetime.fromtimestamp(times["start"], UTC),
        finished_at=datetime.fromtimestamp(times["stop"], UTC),
        size=sizes["size"],
        stored=sizes["repository"]["delta"],
    )


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


_TOO_EARLY = _("No backup is old enough for this time. Choose a later one.")
_NO_ROOM = _("The disk has no room to look at the data as it was at one instant: this backup can't be compared.")
_NO_MARK = _("The data could not be looked at as it was at one instant: this backup can't be compared.")
_TOO_LATE = _("What was kept does not reach this time. Choose an earlier one, or the latest state.")
