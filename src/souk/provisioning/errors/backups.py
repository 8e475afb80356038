"""What is kept, restored and downloaded. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, Problem


class NoBackups(Conflict):
    """Services of this kind keep no backups on this site."""


class NoExports(Conflict):
    """Services of this kind can't be exported on this site."""


class TooManyExports(Conflict):
    """There are {most} exports of this service already. Delete one, or wait until one expires."""


class ExportNotReady(Conflict):
    """This export is still being written. Wait for its operation to finish."""


class TooManyDownloads(Problem):
    """Others are downloading right now. Try again in a few minutes; a download that was cut goes on where it was."""

    status = 503


class ExportGone(Problem):
    """This export has expired or was deleted. Ask for a new one."""

    status = 410


class StorageSilent(Problem):
    """The storage where the file lies does not answer. Try again in a few minutes; the operator sees it."""

    status = 503


class NothingToRestore(Conflict):
    """There is no finished backup of “{name}” yet. Make one, or wait for the next."""


class OutsideRetention(Problem):
    """“{name}” can be restored to any instant from {earliest} on, until now. Choose one of these."""

    status = 422
    field = "until"


class NotABackup(Problem):
    """“{name}” goes back to one of its backups, and to no instant between them. The newest is of {latest}."""

    status = 422
    field = "until"


class BetweenBackups(Conflict):
    """“{name}” went over to another machine at {at}, and no backup was made between that and this instant. Choose an
    instant before that, or after the next backup.
    """

    field = "until"


class RestoreUnderWay(Conflict):
    """“{name}” is being restored in place already. Wait until that is done."""


class WayBackKept(Conflict):
    """“{name}” was restored in place lately, and its state before is still kept. Undo that restore first, or say that
    the state before may be given up.
    """

    field = "give_up_way_back"


class SnapshotsStay(Conflict):
    """“{name}” has snapshots, and they stay with its present machine. Delete them first, or restore into a new
    service.
    """


class NoWayBack(Conflict):
    """There is nothing to undo: “{name}” was not restored in place in the last day."""


class RestoreTooSmall(Problem):
    """What is to be restored takes {needed}, and the plan has {given} of disk. Choose a larger plan."""

    status = 422
    field = "plan"
