"""Releases. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict


class NoReleases(Conflict):
    """Services of this kind have no releases and no staging copy."""


class ReleaseMissing(Conflict):
    """There is no release {number} any more, or not yet. The list shows those that are kept."""


class NothingStaged(Conflict):
    """There is no staging copy to publish. Make one first."""
