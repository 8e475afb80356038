"""What a broker refuses, by the specification's own codes where it has one."""

from __future__ import annotations

from souk.kernel.errors import Problem


class Malformed(Problem):
    """The request does not have the form that Open Service Broker 2.17 describes: {fault}."""

    status = 400


class CatalogUnknown(Problem):
    """The catalogue has no such service or plan. Fetch it again: offerings and plans come and go."""

    status = 400


class VersionRefused(Problem):
    """This broker speaks Open Service Broker 2.13 to 2.17. Say which in X-Broker-API-Version."""

    status = 412


class AsyncRequired(Problem):
    """This takes longer than a request may. Ask again with accepts_incomplete=true."""

    status = 422


class ConcurrencyError(Problem):
    """Another change to this service is under way. Ask again when it is done."""

    status = 422


class MaintenanceInfoConflict(Problem):
    """The catalogue has another version of this plan. Fetch it again."""

    status = 422


class PlanOfAnotherService(Problem):
    """A service can't become another one. Choose a plan of the same service."""

    status = 400


class Taken(Problem):
    """There is something else by this id already."""

    status = 409


class Gone(Problem):
    """This is gone, or never was there."""

    status = 410


class NotThere(Problem):
    """There is nothing by this id, or it is not ready yet."""

    status = 404
