"""Who may sign in, to which database, from where. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem, Unavailable


class NoBindings(Conflict):
    """This kind of service has one set of credentials only."""


class NoPassword(Conflict):
    """This service has no password: it is opened by the keys that you gave it."""


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


class InvalidBucketName(InvalidDatabaseName):
    """A bucket's name has 3 to 63 lowercase letters, digits and single hyphens, a letter or a digit at both ends, and
    does not begin with “souk-”.
    """


class BucketTaken(DatabaseTaken):
    """This service has a bucket named “{name}” already. Choose another name."""


class TooManyBuckets(TooManyDatabases):
    """A service has at most {most} buckets. Delete one that nobody uses."""


class BucketMissing(DatabaseMissing):
    """This service has no bucket “{name}”, or it is being deleted. Choose another one."""


class FirstBucket(FirstDatabase):
    """The first bucket of a service stays as long as the service. Delete the objects in it instead."""


class BucketInUse(DatabaseInUse):
    """The keys {names} open “{name}”. Revoke them first, or let them open another bucket."""


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


class BindingMissing(NotFound):
    """These credentials do not exist or were revoked. Choose others of this service."""


class RevealTimedOut(Unavailable):
    """The password could not be fetched in time, because the worker is busy or stopped. Try again in a minute."""
