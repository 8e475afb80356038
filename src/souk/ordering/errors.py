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


class SameDisk(Conflict):
    """The service has that much disk already. Choose another amount."""

    field = "extra_gib"


class ExtraDiskOutOfRange(Problem):
    """Disk beyond the plan is 0 to {most} GiB. Choose an amount in between."""

    status = 422
    field = "extra_gib"


class ExtraDiskNotSold(Conflict):
    """The price of this plan, as it was or would be sold to you, knows no disk beyond it. Choose another plan."""

    field = "extra_gib"


class PublicAddressNotSold(Conflict):
    """The price of this plan, as it was or would be sold to you, knows no public addresses. Choose another plan."""

    field = "public_address"


class DiskTooSmall(Conflict):
    """There are {used} on the disk of “{name}”, so it needs {needed} at least, and would have {given}. Choose more, or
    delete something first.
    """

    field = "extra_gib"


class CeilingTooLow(Problem):
    """The disk of “{name}” has {disk} already, so it can't end at {ceiling}. Choose a higher ceiling."""

    status = 422
    field = "ceiling_gib"


class CeilingTooHigh(Problem):
    """A disk can have {most} GiB beyond its plan at most. Choose a lower ceiling."""

    status = 422
    field = "ceiling_gib"


class OrganizationMissing(Problem):
    """Say which organization you order for. If you have none yet, register it first."""

    status = 422
    field = "organization"
