"""What a service can't be, become or be asked for. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, Problem


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


class ProducedElsewhere(Conflict):
    """“{name}” is produced by its vendor, not on a machine of this platform: this can't be done to it here. Change its
    plan or its settings, or ask the vendor.
    """


class MadeOfParts(Conflict):
    """“{name}” is made of other services. Do this to the one of them that it concerns."""


class PartOfStack(Conflict):
    """“{name}” is a part of “{stack}”, which is ordered, changed and deleted as one. Do this to “{stack}”."""


class ProducedHere(Conflict):
    """“{name}” runs on machines of this platform, which can be deleted whatever became of its seller. Delete it."""


class PlanFixed(Conflict):
    """The vendor lets “{name}” not go over to this plan. Order a new service with it."""

    field = "plan"


class InvalidPool(Problem):
    """Between 0 and {most} machines can wait, at least no more than at most. Choose such numbers."""

    status = 422
    field = "least"


class UnknownRegion(Problem):
    """There is no region “{region}”. Choose one that is offered."""

    status = 422
    field = "region"


class ServiceGone(Conflict):
    """The service “{name}” is being deleted, so it can't be changed any more."""


class ServiceProtected(Conflict):
    """The service “{name}” is protected from deletion. Give up its protection first, then delete it."""


class NotRecoverable(Conflict):
    """The service “{name}” can't be recovered: it is not deleted, or already erased."""


class ResizeUnderWay(Conflict):
    """The service “{name}” is changing its size already. Wait until that is done."""


class NotCancellable(Conflict):
    """This operation has begun or follows from the state you asked for, so it can't be cancelled any more."""


class ServiceSuspended(Conflict):
    """“{name}” was suspended by the operator: it can't be used or changed until that ends. Its page says why."""


class SuspendedAlready(Conflict):
    """“{name}” is suspended already."""


class NotSuspended(Conflict):
    """“{name}” is not suspended."""


class OneMachine(Conflict):
    """“{name}” runs on one machine: no other can lead. Plans of high availability have several."""


class MembersFixed(Conflict):
    """“{name}” runs on {present} machines and can't have {wanted}. Change to a plan with one machine first, and from
    there to the plan you want.
    """

    field = "plan"


class AlwaysAlone(Conflict):
    """A service of this kind runs on one machine. Choose a plan with one."""

    field = "plan"


class MembersWhileRunning(Conflict):
    """“{name}” must run while the number of its machines changes. Start it first."""


class MembersUnderWay(Conflict):
    """“{name}” is changing the number of its machines. Wait until that is done, or cancel it."""


class ParameterFixed(Problem):
    """The parameter “{name}” can't be changed any more, or does not exist."""

    status = 422
    field = "parameters"


class NotReadyYet(Conflict):
    """The service “{name}” is not ready yet. Wait for its creation to finish."""
