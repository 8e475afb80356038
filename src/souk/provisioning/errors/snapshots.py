"""Snapshots. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict


class NoSnapshots(Conflict):
    """Services of this kind have no snapshots."""


class NoBranches(Conflict):
    """Services of this kind can't begin with what is in a snapshot."""


class SnapshotNameTaken(Conflict):
    """This service has a snapshot named “{name}” already. Choose another name."""

    field = "name"


class TooManySnapshots(Conflict):
    """This plan keeps {most} snapshots. Delete one that nobody needs, or choose a larger plan."""


class SnapshotMissing(Conflict):
    """This snapshot is not there any more, or not yet."""


class SnapshotTooLarge(Conflict):
    """The disk was larger when “{name}” was taken. Give the service as much disk as it had then."""


class SnapshotComing(Conflict):
    """A snapshot of “{name}” is still being taken; going back would come before it. Wait for it, or take it back."""


class GoingBack(Conflict):
    """The service “{name}” is going back to a snapshot already. Wait until that has ended."""


class ProtectedFromGoingBack(Conflict):
    """The service “{name}” is protected. Going back deletes what was written since: give up its protection first."""
