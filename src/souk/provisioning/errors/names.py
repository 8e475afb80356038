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


class PublicSuffix(Problem):
    """Under “{name}” others register names of their own. Add a name of yours below it."""

    status = 422
    field = "name"


class PlatformsDomain(Problem):
    """“{name}” is in the platform's own zone. Add a name of yours."""

    status = 422
    field = "name"


class DomainThere(Conflict):
    """The service has the name “{name}” already."""

    field = "name"


class TooManyDomains(Conflict):
    """A service has at most {most} names of its own. Remove one first."""

    field = "name"


class DomainMissing(NotFound):
    """The service has no such name."""


class NoWebNames(Problem):
    """This kind of service answers all of its names in the same way: there is nothing to choose."""

    status = 422


class NotAmongDomains(Problem):
    """The main name must be one of the service's proved names."""

    status = 422
    field = "main"


class StrictWithoutHttps(Problem):
    """Browsers can only be told to insist on https where http leads there."""

    status = 422
    field = "hsts"
