"""Updates, upgrades and when they may be done. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, Problem


class ContentsUnknown(Problem):
    """What is in the image of this service was not recorded: it was made before that was done. It will be known after
    its next update.
    """

    status = 404


class NothingNewer(Conflict):
    """“{name}” is up to date: there is nothing newer to go over to."""


class UpdateUnderWay(Conflict):
    """“{name}” is being updated already. Wait until that is done."""


class NeverUpdated(Conflict):
    """“{name}” is of a kind that can't be updated while it goes on."""


class InvalidWindow(Problem):
    """A maintenance window is a weekday from 0 (Monday) to 6, a full hour from 0 to 23, and {shortest} to {longest}
    hours long.
    """

    status = 422
    field = "window"


class UnknownVersion(Problem):
    """There is no version “{version}”. Choose one of these: {offered}."""

    status = 422
    field = "version"


class NotNewer(Conflict):
    """“{name}” has version {present} already. Only a newer one can follow."""

    field = "version"


class VersionNotTogether(Problem):
    """A service on several machines can't have version {version}. Choose one of these: {offered}."""

    status = 422
    field = "parameters"


class UpgradeTogether(Conflict):
    """“{name}” runs on several machines and can't change its version there. Change to a plan with one machine first."""


class NotRehearsed(Conflict):
    """No upgrade of “{name}” to version {version} was tried out with success in the last {days} days. Try it out first;
    nothing of the service changes then.
    """

    field = "version"


class UpgradeUnderWay(Conflict):
    """“{name}” is being upgraded, restored or tried out already, or will be in its window. Wait for that, or cancel
    it.
    """


class BeforeUpgrade(Conflict):
    """“{name}” had version {version} at this instant. Restore it into a new service."""

    field = "until"
