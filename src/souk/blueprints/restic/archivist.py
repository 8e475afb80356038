"""Backups: restic in the machine keeps its files in a repository."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from souk.blueprints import guests
from souk.kernel import clock
from souk.provisioning.contract import (
    GIB,
    BackupFound,
    BackupKind,
    ConfigurationFailed,
    Declined,
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

_ATTACH, _BACKUPS, _RESTORE, _MARK = (f"/usr/lib/souk/{name}" for name in ("attach", "backups", "restore", "mark"))
READ_FOR_A_PROOF = GIB
_MOST_TOLD = 100_000
"""Lines of a listing: root may have put anything in the place of the program that makes it."""


class Restic:
    """Every file but what the platform itself put there, encrypted in the machine, each block once."""

    history: Timelines | None = None
    replaces_system = True

    def attach(self, guest: Guest, wanted: Wanted, repository: Repository) -> None:
        """Tell the machine of its repository, until it is restarted; make it there if there is none.

        Raises:
            Declined: the machine is older than this.
            ConfigurationFailed: the repository does not answer, or refuses.
        """
        _run(guest, _ATTACH, _described(wanted, repository), within=3 * _MINUTE)

    def back_up(self, guest: Guest, wanted: Wanted, kind: BackupKind, label: str) -> None:
        """Copy what changed and wait for its end. A full backup reads all files again, whatever their dates say.

        Raises:
            Declined: the machine is older than this.
            ConfigurationFailed.
        """
        document = {"do": "make", "kind": kind, "label": label, "of": str(wanted.instance)}
        _run(guest, _BACKUPS, document, within=_long(wanted))

    def backups(self, guest: Guest, wanted: Wanted) -> Mapping[str, BackupFound]:
        """What the repository holds, by our label.

        Raises:
            ConfigurationFailed: no repository is attached, it can't be read, or what the machine says makes no sense.
        """
        del wanted
        listed = _run(guest, _BACKUPS, {"do": "show"}, within=5 * _MINUTE).get("backups")
        try:
            if not isinstance(listed, list) or len(listed) > _MOST_TOLD:
                raise ValueError
            found = [_found(backup) for backup in listed]
        except (KeyError, TypeError, ValueError, OverflowError):
            raise ConfigurationFailed("the machine does not tell what its repository holds") from None
        return {backup.label: backup for backup in found}

    def restore(
        self, guest: Guest, wanted: Wanted, repository: Repository, until: datetime | None, mark: str = ""
    ) -> None:
        """Have a new machine's disk hold what the newest backup held that had ended by then. Restart it after that, and
        configure it.

        Raises:
            Declined: no backup is so old, or the disk is too small.
            ConfigurationFailed: the machine is in use, the repository can't be read or holds no backup.
        """
        moment = until.astimezone(UTC).isoformat() if until else None
        told = {"until": moment, "mark": mark, "of": str(wanted.instance), "host": wanted.hostname.partition(".")[0]}
        refusals = {"early": _TOO_EARLY, "room": _NO_ROOM}
        _run(guest, _RESTORE, {**_described(wanted, repository), **told}, within=12 * _HOUR, refusals=refusals)

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        """The platform makes no credentials in a machine; the service's keys are of today once it is configured."""

    def mark(self, guest: Guest, wanted: Wanted, name: str, seed: int) -> Fingerprint:
        """A backup of its own, and checksums over all files that did not change while it was made.

        Raises:
            Declined: the machine is older than this.
            ConfigurationFailed.
        """
        document = {"name": name, "seed": seed, "most": READ_FOR_A_PROOF, "of": str(wanted.instance)}
        return _read(_run(guest, _MARK, document, within=_long(wanted)))

    def fingerprint(self, guest: Guest, wanted: Wanted, extent: Extent | None = None) -> Fingerprint:
        """Over what every file is and whose, and of so many what is in them.

        Raises:
            ConfigurationFailed.
        """
        reading = asdict(extent or Extent(sampled={"omitted": [], "read": []}))
        return _read({**_run(guest, _MARK, {"reading": reading}, within=_long(wanted)), "reading": reading})

    def expire(self, guest: Guest, wanted: Wanted, keep_full: int) -> None:
        """Forget what is older than the newest `keep_full` full backups, and what proofs have left.

        Raises:
            ConfigurationFailed.
        """
        _run(guest, _BACKUPS, {"do": "forget", "keep_full": keep_full}, within=_long(wanted))


def _long(wanted: Wanted) -> float:
    """Root can have what runs in the machine last: no longer than a whole disk may take, at 17 MB a second."""
    return _HOUR / 2 + _MINUTE * (wanted.size.disk / GIB)


def _run(
    guest: Guest,
    program: str,
    document: Mapping[str, Any],
    *,
    within: float,
    refusals: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    told = {**document, "timeout": within - _MARGIN}
    try:
        return guests.run(guest, program, told, timeout=within, refusals=refusals)
    except guests.ProgramMissing:
        raise Declined(_OLDER) from None


def _described(wanted: Wanted, repository: Repository) -> dict[str, Any]:
    """What the machine must know of a repository, and how much of itself it may spend on it."""
    return {"repository": asdict(repository), "processes": min(2, wanted.size.vcpus)}


def _found(backup: Mapping[str, Any]) -> BackupFound:
    """A backup from the machine's listing."""
    started, finished = _instant(backup["started"]), _instant(backup["ended"])
    size, stored = int(backup["size"]), int(backup["stored"])
    if not started <= finished or not 0 <= size < 2**60 or not 0 <= stored < 2**60:
        raise ValueError
    return BackupFound(str(backup["label"]), BackupKind(backup["kind"]), started, finished, size, stored)


def _instant(seconds: float) -> datetime:
    """Whatever the machine says, nothing has ended in the future."""
    return min(datetime.fromtimestamp(seconds, UTC), clock.now())


def _read(answer: Mapping[str, Any]) -> Fingerprint:
    try:
        tables, reading = answer["tables"], answer["reading"]
        read = {str(name): str(value) for name, value in tables.items()}
        sampled = {str(name): [str(each) for each in paths] for name, paths in reading["sampled"].items()}
        return Fingerprint(read, Extent(float(reading["share"]), int(reading["seed"]), sampled))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ConfigurationFailed("the machine does not tell what its files are") from None


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


_TOO_EARLY = _("No backup is old enough for this time. Choose a later one.")
_NO_ROOM = _("The disk is too small for what is to be restored. Choose a larger plan.")
_OLDER = _("This machine is older than this, and can't be backed up. Order a new one, and copy your files to it.")
