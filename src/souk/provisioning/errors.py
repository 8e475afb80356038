"""What can go wrong between a wish and a running service."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem, Unavailable


class NameTaken(Conflict):
    """This project has a service named “{name}” already. Choose another name."""

    field = "name"


class InvalidName(Problem):
    """A service's name has 1 to 63 printable characters on one line. Choose such a name."""

    status = 422
    field = "name"


class InvalidParameters(Problem):
    """The parameter {pointer} is not valid. {reason}"""

    status = 422
    field = "parameters"


class QuotaExceeded(Conflict):
    """Your organization may have {limit} services and has {used}. Delete one, or ask the operator for a higher
    quota.
    """


class NoCapacity(Conflict):
    """The region {region} has no room for this plan right now. Choose a smaller plan or another region; nothing was
    ordered and nothing will be billed.
    """


class UnknownRegion(Problem):
    """There is no region “{region}”. Choose one that is offered."""

    status = 422
    field = "region"


class ServiceGone(Conflict):
    """The service “{name}” is being deleted, so it can't be changed any more."""


class NotReadyYet(Conflict):
    """The service “{name}” is not ready yet. Wait for its creation to finish."""


class BindingMissing(NotFound):
    """These credentials do not exist or were revoked. Choose others of this service."""


class RevealTimedOut(Unavailable):
    """The password could not be fetched in time, because the worker is busy or stopped. Try again in a minute."""
