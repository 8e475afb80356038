"""What can be wrong about an order."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem


class ProjectMissing(NotFound):
    """This project does not exist in the organization. Choose one of its projects."""

    field = "project"


class OrderClosed(Conflict):
    """The order {number} is closed already, so it can't be cancelled. Delete its service instead, if it has one."""


class NotActive(Conflict):
    """The plan of “{name}” can be changed once the service runs, and as long as it is not deleted."""


class SamePlan(Conflict):
    """The service has the plan “{plan}” already. Choose another one."""

    field = "plan"


class OrganizationMissing(Problem):
    """Say which organization you order for. If you have none yet, register it first."""

    status = 422
    field = "organization"
