"""Snapshots of a machine's disk."""

from __future__ import annotations

from typing import Protocol

from souk.provisioning.contract.selling import Size


class SnapshotKeeper(Protocol):
    """What a blueprint adds whose services are what lies on their machine's disk, so that the disk as it was is the
    service as it was.
    """

    def most(self, size: Size) -> int:
        """How many snapshots a service of this size may have."""
