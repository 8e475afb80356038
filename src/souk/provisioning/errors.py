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


class NoBindings(Conflict):
    """This kind of service has one set of credentials only."""


class InvalidBindingName(Problem):
    """The name of credentials has 1 to 40 lowercase letters, digits and underscores, a letter first."""

    status = 422
    field = "name"


class BindingTaken(Conflict):
    """This service has credentials named “{name}” already. Choose another name."""

    field = "name"


class TooManyBindings(Conflict):
    """A service has at most {most} sets of credentials. Revoke those that nobody uses."""


class RoleNotOffered(Problem):
    """Credentials of this kind of service can't have the role “{role}”. Choose another one."""

    status = 422
    field = "role"


class OwnerStays(Conflict):
    """The first credentials of a service are its owner's, and stay so. Make further ones with another role."""


class NoDatabases(Conflict):
    """This kind of service has no databases to manage."""


class InvalidDatabaseName(Problem):
    """A database's name has 1 to 63 lowercase letters, digits and underscores, a letter first, and is not one that the
    server itself uses.
    """

    status = 422
    field = "name"


class DatabaseTaken(Conflict):
    """This service has a database named “{name}” already. Choose another name."""

    field = "name"


class TooManyDatabases(Conflict):
    """A service has at most {most} databases. Delete one that nobody uses."""


class DatabaseMissing(NotFound):
    """This service has no database “{name}”, or it is being deleted. Choose another one."""

    field = "database"


class FirstDatabase(Conflict):
    """The first database of a service can't be deleted, because the platform itself watches the service through it."""


class DatabaseInUse(Conflict):
    """The credentials {names} sign in to “{name}”. Revoke them first, or let them sign in to another database."""


class BindingNotReady(Conflict):
    """The credentials “{name}” are still being made. Wait a moment."""


class RotationUnderWay(Conflict):
    """The credentials “{name}” are being rotated; the former ones still work. Wait until they have run out."""


class OverlapTooLong(Problem):
    """Former credentials may work on for at most {days} days after a rotation."""

    status = 422
    field = "overlap"


class LastBinding(Conflict):
    """The first credentials of a service can't be revoked, because the platform itself watches it with them. Rotate
    them instead.
    """


class InvalidNetwork(Problem):
    """“{given}” is no IPv4 address or network. Write it as 203.0.113.7 or 203.0.113.0/24."""

    status = 422
    field = "networks"


class NetworksOverlap(Problem):
    """{inner} lies within {outer}. Keep one of them."""

    status = 422
    field = "networks"


class TooManyNetworks(Problem):
    """A list has at most {most} networks. Join some of them into a larger one."""

    status = 422
    field = "networks"


class NoteTooLong(Problem):
    """A note has at most {most} characters."""

    status = 422
    field = "networks"


class NobodyNotSaid(Problem):
    """An empty list lets nobody in. Say that this is meant, or let everyone in."""

    status = 422
    field = "networks"


class LocksYouOut(Conflict):
    """Your own address {address} is not in this list: you would not reach the service from there any more. Add it, or
    confirm that this is meant.
    """

    field = "confirm"


class NoBackups(Conflict):
    """Services of this kind keep no backups on this site."""


class NoExports(Conflict):
    """Services of this kind can't be exported on this site."""


class TooManyExports(Conflict):
    """There are {most} exports of this service already. Delete one, or wait until one expires."""


class ExportNotReady(Conflict):
    """This export is still being written. Wait for its operation to finish."""


class TooManyDownloads(Problem):
    """Others are downloading right now. Try again in a few minutes; a download that was cut goes on where it was."""

    status = 503


class ExportGone(Problem):
    """This export has expired or was deleted. Ask for a new one."""

    status = 410


class StorageSilent(Problem):
    """The storage where the file lies does not answer. Try again in a few minutes; the operator sees it."""

    status = 503


class NothingToRestore(Conflict):
    """There is no finished backup of “{name}” yet. Make one, or wait for the next."""


class OutsideRetention(Problem):
    """“{name}” can be restored to any instant from {earliest} on, until now. Choose one of these."""

    status = 422
    field = "until"


class BetweenBackups(Conflict):
    """“{name}” went over to another machine at {at}, and no backup was made between that and this instant. Choose an
    instant before that, or after the next backup.
    """

    field = "until"


class RestoreUnderWay(Conflict):
    """“{name}” is being restored in place already. Wait until that is done."""


class WayBackKept(Conflict):
    """“{name}” was restored in place lately, and its state before is still kept. Undo that restore first, or say that
    the state before may be given up.
    """

    field = "give_up_way_back"


class ServiceSuspended(Conflict):
    """“{name}” was suspended by the operator: it can't be used or changed until that ends. Its page says why."""


class SuspendedAlready(Conflict):
    """“{name}” is suspended already."""


class NotSuspended(Conflict):
    """“{name}” is not suspended."""


class NothingNewer(Conflict):
    """“{name}” is up to date: there is nothing newer to go over to."""


class UpdateUnderWay(Conflict):
    """“{name}” is being updated already. Wait until that is done."""


class NeverUpdated(Conflict):
    """“{name}” is of a kind that can't be updated while it goes on."""


class NoWayBack(Conflict):
    """There is nothing to undo: “{name}” was not restored in place in the last day."""


class RestoreTooSmall(Problem):
    """What is to be restored takes {needed}, and the plan has {given} of disk. Choose a larger plan."""

    status = 422
    field = "plan"


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


class BindingMissing(NotFound):
    """These credentials do not exist or were revoked. Choose others of this service."""


class RevealTimedOut(Unavailable):
    """The password could not be fetched in time, because the worker is busy or stopped. Try again in a minute."""


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


class NetworkMissing(NotFound):
    """There is no such private network."""

    field = "network"


class InvalidNetworkName(Problem):
    """A network's name has 1 to 63 characters, in any script, on one line."""

    status = 422
    field = "name"


class NetworkNameTaken(Conflict):
    """The project has a network “{name}” already. Choose another name."""

    field = "name"


class TooManyPrivateNetworks(Conflict):
    """A project has at most {most} private networks. Delete one first."""


class NoSubnet(Conflict):
    """The region has no addresses left for another private network. Tell the operator."""


class NetworkFull(Conflict):
    """All addresses of “{name}” are in use. Choose another network."""

    field = "network"


class NetworkInUse(Conflict):
    """These services are in “{name}”: {services}. Take them out of it or delete them first."""


class NetworkElsewhere(Problem):
    """“{name}” is another project's network, or in another region. Choose one of the service's project and region."""

    status = 422
    field = "network"


class AlreadyAttached(Conflict):
    """“{name}” is in the network “{network}” already. Take it out of that first."""


class NotAttached(Conflict):
    """“{name}” is in no private network. Put it into one first."""


class NotAttachedYet(Conflict):
    """“{name}” is not reached in its private network yet. Close it to others once it is."""


class ReachedInNetworkOnly(Conflict):
    """“{name}” is closed to everyone outside of its private network: taken out of it, nobody could reach it. Open it to
    others first.
    """


class ClosesToOutside(Conflict):
    """Only what is in the network “{network}” will reach “{name}”: every connection from outside ends, from your own
    address {address} too. Confirm that this is meant.
    """

    field = "confirm"
