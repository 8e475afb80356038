"""Names of a customer's own. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem


class InvalidDomain(Problem):
    """“{given}” is no name that DNS can know. Write it out in full, like db.example.ma."""

    status = 422
    field = "name"


class WildcardDomain(Problem):
    """A name that stands for many (*.example.ma) is not taken. Add each name by itself."""

    status = 422
    field = "name"


class PlatformsDomain(Problem):
    """“{name}” is in the platform's own zone. Add a name of yours."""

    status = 422
    field = "name"


class DomainThere(Conflict):
    """The service has the name “{name}” already."""

    field = "name"


class DomainTaken(Conflict):
    """“{name}” is another service's. If it is yours, remove it there first, or tell the operator."""

    field = "name"


class TooManyDomains(Conflict):
    """A service has at most {most} names of its own. Remove one first."""

    field = "name"


class DomainMissing(NotFound):
    """The service has no such name."""
