"""What can be wrong about an order."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem


class ProjectMissing(NotFound):
    """This project does not exist in the organization. Choose one of its projects."""

    field = "project"


class OrderClosed(Conflict):
    """The order {number} is closed already, so it can't be cancelled. Delete its service instead, if it has one."""


class OrganizationMissing(Problem):
    """Say which organization you order for. If you have none yet, register it first."""

    status = 422
    field = "organization"
