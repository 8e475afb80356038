"""What is refused about where machines stand. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, Problem


class UnknownHost(Problem):
    """The site of this service has no host “{host}”. Choose one that it has."""

    status = 422
    field = "to"


class StandsThere(Conflict):
    """The machine {machine} stands on the host “{host}” already. Choose another host."""

    field = "to"


class NowhereElse(Conflict):
    """There is no other host that takes the machine {machine}: each is offline, closed, out of reach or full. Open one,
    or make room.
    """

    field = "to"


class NotMovable(Conflict):
    """The machine {machine} is there for a while only, or waits for an order, so it is not moved. Close its host:
    others are made elsewhere.
    """


class MoveUnderWay(Conflict):
    """A machine of the service “{name}” is being moved already. Wait until that has ended."""


class HostIsOffline(Conflict):
    """The host “{host}” does not answer, so nothing can be moved off it. Bring it back."""
